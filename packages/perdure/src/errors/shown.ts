const LONGEST = 200;
const MOST_ENTRIES = 10;
const DEEPEST = 2;

/** In place of a value that no message may repeat: keys are secrets, and their list may be wrong in one place only. */
export class Withheld {
  readonly kind: string;

  constructor(value: unknown) {
    this.kind = kindOf(value);
  }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** A value of any kind for an error message: short, on one line, and never throws. */
export function shown(value: unknown): string {
  try {
    const text = describe(value, 0);
    return typeof value === "string" || text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
  } catch {
    return "an object that cannot be read";
  }
}

function describe(value: unknown, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return value.name === "" ? "a function" : `function ${value.name}`;
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Withheld) return value.kind;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : value.toISOString();
  if (depth === DEEPEST) return Array.isArray(value) ? "[…]" : "{…}";
  if (Array.isArray(value)) return `[${joined(value.map((one) => describe(one, depth + 1)))}]`;
  const entries = joined(Object.entries(value).map(([key, one]) => `${key}: ${describe(one, depth + 1)}`));
  const kind = value.constructor === Object || value.constructor === undefined ? "" : `${value.constructor.name} `;
  return entries === "" ? `${kind}{}` : `${kind}{ ${entries} }`;
}

const joined = (parts: readonly string[]): string =>
  (parts.length > MOST_ENTRIES ? [...parts.slice(0, MOST_ENTRIES), "…"] : parts).join(", ");
