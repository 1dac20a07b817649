import { inspect } from "node:util";

const UNREADABLE = "(a value that cannot be read)";

/** A value of a log line as one string, whatever it is: cyclic, a bigint, a getter or a proxy that throws. Never throws. */
export function valueText(value: unknown): string {
  try {
    if (typeof value === "string") return value;
    if (typeof value !== "object" || value === null) return typeof value === "function" ? inspect(value) : String(value);
    return JSON.stringify(value) ?? inspect(value);
  } catch {
    return inspected(value);
  }
}

/** Node's own view, which runs neither getters nor the traps of a proxy. */
function inspected(value: unknown): string {
  try {
    return inspect(value, {
      depth: 3,
      breakLength: Number.POSITIVE_INFINITY,
      maxArrayLength: 20,
      maxStringLength: 1_000,
      customInspect: false,
    });
  } catch {
    return UNREADABLE;
  }
}

/** `instanceof` asks the traps of a proxy, which may throw. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

/** The message of an error, or what was thrown in its place. */
export function errorText(error: unknown): string {
  try {
    return isError(error) ? valueText(error.message) : valueText(error);
  } catch {
    return inspected(error);
  }
}

/** The stack of an error, or what there is in its place. */
export function errorStack(error: Error): string {
  try {
    const { stack } = error;
    return typeof stack === "string" && stack !== "" ? stack : `${error.name}: ${error.message}`;
  } catch {
    return inspected(error);
  }
}

/**
 * What user code gave as the fields of a line, as a plain object: an error alone becomes `error`, anything else that has no fields `value`; a field
 * that throws when it is read says so.
 */
export function readFields(given: unknown): { readonly [key: string]: unknown } {
  if (given === undefined || given === null) return {};
  if (isError(given)) return { error: given };
  if (typeof given !== "object") return { value: given };
  try {
    return Array.isArray(given) ? { value: given } : { ...given };
  } catch {
    return readOneByOne(given);
  }
}

function readOneByOne(given: object): { readonly [key: string]: unknown } {
  const fields: { [key: string]: unknown } = {};
  try {
    for (const key of Object.keys(given)) fields[key] = readOne(given, key);
  } catch {
    fields.value = UNREADABLE;
  }
  return fields;
}

/** A field; what is thrown when it is read is said in its place. */
export function readOne(given: object, key: string): unknown {
  try {
    return Reflect.get(given, key);
  } catch {
    return UNREADABLE;
  }
}
