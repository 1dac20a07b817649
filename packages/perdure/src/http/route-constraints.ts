import { routeRegex } from "./route-regex.ts";

type Check = (value: string) => boolean;

const GUID = /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\})$/i;
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;
const FLOAT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const INTEGER = /^[+-]?\d{1,19}$/;

const inRange =
  (low: bigint, high: bigint): Check =>
  (value) =>
    INTEGER.test(value) && BigInt(value) >= low && BigInt(value) <= high;

const PLAIN: { readonly [name: string]: Check } = {
  int: inRange(-(2n ** 31n), 2n ** 31n - 1n),
  long: inRange(-(2n ** 63n), 2n ** 63n - 1n),
  bool: (value) => /^(?:true|false)$/i.test(value),
  guid: (value) => GUID.test(value),
  alpha: (value) => /^[a-z]*$/i.test(value),
  decimal: (value) => DECIMAL.test(value),
  double: (value) => FLOAT.test(value),
  float: (value) => FLOAT.test(value),
  datetime: (value) => !Number.isNaN(Date.parse(value)),
  required: (value) => value !== "",
};

/** Constraints with numbers in parentheses: how many they take, and what they check. */
const NUMBERED: { readonly [name: string]: { readonly counts: readonly number[]; readonly make: (numbers: readonly number[]) => Check } } =
  {
    length: {
      counts: [1, 2],
      make:
        ([low = 0, high = low]) =>
        (value) =>
          value.length >= low && value.length <= high,
    },
    minlength: {
      counts: [1],
      make:
        ([low = 0]) =>
        (value) =>
          value.length >= low,
    },
    maxlength: {
      counts: [1],
      make:
        ([high = 0]) =>
        (value) =>
          value.length <= high,
    },
    min: {
      counts: [1],
      make:
        ([low = 0]) =>
        (value) =>
          INTEGER.test(value) && Number(value) >= low,
    },
    max: {
      counts: [1],
      make:
        ([high = 0]) =>
        (value) =>
          INTEGER.test(value) && Number(value) <= high,
    },
    range: {
      counts: [2],
      make:
        ([low = 0, high = 0]) =>
        (value) =>
          INTEGER.test(value) && Number(value) >= low && Number(value) <= high,
    },
  };

/** The check behind one constraint of a route template (`int`, `range(1,9)`), or null when there is no such constraint. */
export function routeConstraint(text: string): Check | null {
  if (Object.hasOwn(PLAIN, text.toLowerCase())) return PLAIN[text.toLowerCase()] ?? null;
  const call = /^(\w+)\((.*)\)$/s.exec(text);
  const name = call?.[1]?.toLowerCase() ?? "";
  const argument = call?.[2] ?? "";
  if (name === "regex") return routeRegex(argument);
  const numbered = Object.hasOwn(NUMBERED, name) ? NUMBERED[name] : undefined;
  const numbers = argument.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (numbered === undefined || !numbered.counts.includes(numbers.length) || numbers.some(Number.isNaN)) return null;
  return numbered.make(numbers);
}
