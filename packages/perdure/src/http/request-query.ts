import { parseDateText } from "../model/date-text.ts";
import type { RuntimeStatus } from "../model/status.ts";
import { RUNTIME_STATUSES, runtimeStatusNamed } from "../model/status.ts";

const INT32 = /^\s*[+-]?\d+\s*$/;
const DOUBLE = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const NO_NUMBER = /^([+-]?(infinity|∞)|[+-]?nan)$/i;

/**
 * Query parameters as the wire reads them: names compare without case, a repeated parameter is its values joined by commas, and a value that
 * cannot be parsed counts as absent.
 */
export class RequestQuery {
  readonly #values = new Map<string, string[]>();

  constructor(search: URLSearchParams) {
    for (const [name, value] of search) {
      const key = name.toLowerCase();
      const known = this.#values.get(key);
      if (known === undefined) this.#values.set(key, [value]);
      else known.push(value);
    }
  }

  /** In lower case, each once. */
  names(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** As they were sent, one for each time that the parameter was given. */
  all(name: string): readonly string[] {
    return this.#values.get(name.toLowerCase()) ?? [];
  }

  text(name: string): string | null {
    return this.#values.get(name.toLowerCase())?.join(",") ?? null;
  }

  /** As {@link text}; a blank value is absent. */
  nonBlank(name: string): string | null {
    const text = this.text(name);
    return text === null || text.trim() === "" ? null : text;
  }

  boolean(name: string): boolean | null {
    const word = this.text(name)?.trim().toLowerCase();
    return word === "true" ? true : word === "false" ? false : null;
  }

  int(name: string): number | null {
    const text = this.text(name);
    if (text === null || !INT32.test(text)) return null;
    const value = Number(text);
    return value >= -0x8000_0000 && value <= 0x7fff_ffff ? value : null;
  }

  /** NaN for the words that .NET reads as a number which is none: the caller must get an error. */
  double(name: string): number | null {
    const text = this.text(name)?.trim() ?? "";
    if (NO_NUMBER.test(text)) return Number.NaN;
    return DOUBLE.test(text) ? Number(text) : null;
  }

  /** Milliseconds since 1970. */
  date(name: string): number | null {
    const text = this.text(name);
    return text === null ? null : parseDateText(text);
  }

  /**
   * Null: no filter. Names compare without case, numbers count too, unknown names are dropped. A number beyond the enum and "Unknown" are values
   * that no instance has: alone they are a filter that matches nothing, which is the empty array.
   */
  statuses(name: string): readonly RuntimeStatus[] | null {
    const found = new Set<RuntimeStatus>();
    let anyValid = false;
    for (const word of this.all(name).flatMap((text) => text.split(","))) {
      const status = statusOf(word);
      if (status !== null) found.add(status);
      if (status !== null || /^\s*(unknown|[+-]?\d{1,9})\s*$/i.test(word)) anyValid = true;
    }
    return anyValid ? [...found] : null;
  }
}

/** By name or by number. */
export function statusOf(word: string): RuntimeStatus | null {
  return INT32.test(word) ? (RUNTIME_STATUSES[Number(word)] ?? null) : runtimeStatusNamed(word);
}
