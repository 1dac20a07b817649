import { inspect, types } from "node:util";
import type { Failure } from "../model/failure.ts";
import { NON_ERROR } from "../model/failure.ts";
import type { JsonValue } from "../model/payload.ts";
import { authorStack } from "./stack.ts";

/** A failure is read by people and stored with every copy of the error that passes it on: bounded in every direction. */
const LIMITS = {
  causes: 8,
  errors: 32,
  stackChars: 16_384,
  messageChars: 32_768,
  properties: 32,
  propertyChars: 8_192,
  valueChars: 65_536,
};

/** Own fields that other parts of a Failure hold already. */
const KNOWN_FIELDS: ReadonlySet<string> = new Set(["name", "message", "stack", "cause", "errors", "failure", "isNonRetriable"]);

interface Carried {
  readonly errorType: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: Failure;
  readonly errors?: readonly Failure[];
  readonly properties?: { readonly [key: string]: JsonValue };
  readonly isNonRetriable?: true;
}

/** Any thrown value as data. Never throws itself, whatever the value does when it is read. */
export function failureOf(thrown: unknown): Failure {
  return guardedFailure(thrown, 0);
}

function guardedFailure(thrown: unknown, depth: number): Failure {
  try {
    return isError(thrown) ? failureOfError(thrown, depth) : failureOfValue(thrown);
  } catch {
    return { errorType: NON_ERROR, message: "A value was thrown that cannot be read." };
  }
}

export const isError = (value: unknown): value is Error => value instanceof Error || types.isNativeError(value);

function failureOfError(error: Error, depth: number): Failure {
  const failure: { -readonly [K in keyof Carried]: Carried[K] } = {
    errorType: typeOf(error),
    message: cut(String(error.message), LIMITS.messageChars),
  };
  if (typeof error.stack === "string") failure.stack = cut(authorStack(error.stack), LIMITS.stackChars);
  const cause = causeOf(error, depth);
  if (cause !== undefined) failure.cause = cause;
  if (error instanceof AggregateError && Array.isArray(error.errors) && depth < LIMITS.causes) {
    failure.errors = error.errors.slice(0, LIMITS.errors).map((one) => guardedFailure(one, depth + 1));
  }
  const properties = propertiesOf(error);
  if (properties !== null) failure.properties = properties;
  if ("isNonRetriable" in error && error.isNonRetriable === true) failure.isNonRetriable = true;
  return failure;
}

/** The class the author gave it: a `name` of its own, or else the constructor's (a subclass that set no name inherits "Error"). */
function typeOf(error: Error): string {
  const maker: unknown = error.constructor;
  const ownName = Object.hasOwn(error, "name") || (typeof maker === "function" && Object.hasOwn(Object(maker.prototype), "name"));
  if (ownName && typeof error.name === "string" && error.name !== "") return error.name;
  if (typeof maker === "function" && maker.name !== "") return maker.name;
  return String(error.name);
}

function causeOf(error: Error, depth: number): Failure | undefined {
  if (depth >= LIMITS.causes) return undefined;
  // An error that brought a failure from elsewhere passes it on as it was.
  const carried: unknown = Object.hasOwn(error, "failure") ? Reflect.get(error, "failure") : undefined;
  if (isFailure(carried) && error.cause !== undefined) return carried;
  return error.cause === undefined ? undefined : guardedFailure(error.cause, depth + 1);
}

const isFailure = (value: unknown): value is Failure =>
  typeof value === "object" && value !== null && "errorType" in value && typeof value.errorType === "string" && "message" in value;

function propertiesOf(error: Error): { readonly [key: string]: JsonValue } | null {
  const keys = Object.keys(error);
  if (keys.length === 0) return null;
  const found: { [key: string]: JsonValue } = {};
  let count = 0;
  for (const key of keys) {
    if (KNOWN_FIELDS.has(key) || count >= LIMITS.properties) continue;
    const value = jsonImage(Reflect.get(error, key), LIMITS.propertyChars);
    if (value === undefined) continue;
    found[key] = value;
    count++;
  }
  return count === 0 ? null : found;
}

function failureOfValue(thrown: unknown): Failure {
  const message = typeof thrown === "string" ? thrown : inspect(thrown, { depth: 2, breakLength: Number.POSITIVE_INFINITY });
  const value = jsonImage(thrown, LIMITS.valueChars);
  return { errorType: NON_ERROR, message: cut(message, LIMITS.messageChars), ...(value === undefined ? {} : { value }) };
}

/** What JSON keeps of a value; undefined when that is nothing, too much or an exception. */
function jsonImage(value: unknown, maxChars: number): JsonValue | undefined {
  try {
    const text = JSON.stringify(value);
    if (text === undefined || text.length > maxChars) return undefined;
    const image: JsonValue = JSON.parse(text);
    return image;
  } catch {
    return undefined;
  }
}

const cut = (text: string, chars: number): string => (text.length <= chars ? text : `${text.slice(0, chars)}… (cut)`);

/** The failure as an Error again, for `cause` chains: name, message, stack, fields and causes of the original; never `instanceof` its class. */
export function errorFromFailure(failure: Failure): Error {
  const options = failure.cause === undefined ? undefined : { cause: errorFromFailure(failure.cause) };
  const error =
    failure.errors === undefined
      ? new Error(failure.message, options)
      : new AggregateError(failure.errors.map(errorFromFailure), failure.message, options);
  Object.defineProperty(error, "name", { value: failure.errorType, configurable: true, writable: true, enumerable: false });
  const stack = failure.stack ?? `${failure.errorType}: ${failure.message}`;
  Object.defineProperty(error, "stack", { value: stack, configurable: true, writable: true, enumerable: false });
  if (failure.properties !== undefined) {
    for (const [key, value] of Object.entries(failure.properties)) {
      Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: true });
    }
  }
  return error;
}
