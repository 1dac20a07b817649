import type { EventId } from "../../model/ids.ts";

/** Errors that stand for a failure of the history, and the id of the call, attempt or timer that it belongs to. */
const sources = new WeakMap<object, EventId>();

/** The same error, which {@link causesOf} finds again. */
export function cameFrom<Thrown extends object>(error: Thrown, id: EventId): Thrown {
  sources.set(error, id);
  return error;
}

/** Fields by which an error holds others; the last two are those of a SuppressedError. */
const INNER_FIELDS = ["cause", "errors", "error", "suppressed"];

/** An error may hold any number of others, and itself. This many are followed in less than a second. */
const MOST_LOOKED_AT = 1_000_000;

/**
 * The failures of the history that a thrown error came from, however deep they are wrapped: a stored Failure is cut, so it cannot tell. Never throws,
 * whatever the value does when it is read.
 */
export function causesOf(thrown: unknown): readonly EventId[] {
  const found = new Set<EventId>();
  const seen = new Set<object>();
  const open: unknown[] = [thrown];
  while (open.length > 0 && seen.size < MOST_LOOKED_AT) {
    const value = open.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    const source = sources.get(value);
    // Its own causes happened elsewhere.
    if (source !== undefined) found.add(source);
    else for (const inner of innerOf(value)) open.push(inner);
  }
  return [...found].sort((a, b) => a - b);
}

function innerOf(value: object): readonly unknown[] {
  try {
    if (Array.isArray(value)) return value.slice(0, MOST_LOOKED_AT);
  } catch {
    return []; // a revoked proxy
  }
  return INNER_FIELDS.map((field) => fieldOf(value, field));
}

function fieldOf(value: object, field: string): unknown {
  try {
    return Reflect.get(value, field);
  } catch {
    return undefined;
  }
}
