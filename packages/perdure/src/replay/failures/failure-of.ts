import { inspect, types } from "node:util";
import type { Failure } from "../../model/failure.ts";
import { NON_ERROR } from "../../model/failure.ts";
import type { JsonValue } from "../../model/payload.ts";
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

/** Failures in one failure, causes and members of AggregateErrors together: either may contain itself. */
const MAX_FAILURES = 100;

const UNREADABLE = "(it cannot be read)";
const UNREADABLE_VALUE: Failure = { errorType: NON_ERROR, message: "A value was thrown that cannot be read." };

/** Any thrown value as data. Never throws itself, whatever the value does when it is read; what cannot be read is left out, the rest is kept. */
export function failureOf(thrown: unknown): Failure {
  return failureWithin(thrown, 0, { left: MAX_FAILURES });
}

interface Budget {
  left: number;
}

function failureWithin(thrown: unknown, depth: number, budget: Budget): Failure {
  budget.left--;
  return attempt(() => (isError(thrown) ? failureOfError(thrown, depth, budget) : failureOfValue(thrown)), UNREADABLE_VALUE);
}

/** Getters and the traps of proxies may throw. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

export const isError = (value: unknown): value is Error => value instanceof Error || types.isNativeError(value);

function failureOfError(error: Error, depth: number, budget: Budget): Failure {
  const failure: { -readonly [K in keyof Carried]: Carried[K] } = {
    errorType: attempt(() => typeOf(error), "Error"),
    message: attempt(() => cut(String(error.message), LIMITS.messageChars), UNREADABLE),
  };
  const stack = attempt(() => stackOf(error.stack), undefined);
  if (stack !== undefined) failure.stack = stack;
  const cause = attempt(() => causeOf(error, depth, budget), UNREADABLE_VALUE);
  if (cause !== undefined) failure.cause = cause;
  const errors = attempt(() => (error instanceof AggregateError ? failuresIn(error.errors, depth, budget) : undefined), undefined);
  if (errors !== undefined) failure.errors = errors;
  const properties = attempt(() => propertiesOf(error), null);
  if (properties !== null) failure.properties = properties;
  if (attempt(() => "isNonRetriable" in error && error.isNonRetriable === true, false)) failure.isNonRetriable = true;
  return failure;
}

/** Cut twice: only a piece of a huge one is taken apart. */
const stackOf = (stack: unknown): string | undefined =>
  typeof stack === "string" ? cut(authorStack(stack.slice(0, 4 * LIMITS.stackChars)), LIMITS.stackChars) : undefined;

function failuresIn(errors: unknown, depth: number, budget: Budget): readonly Failure[] | undefined {
  if (!Array.isArray(errors) || depth >= LIMITS.causes) return undefined;
  const failures: Failure[] = [];
  for (const one of errors.slice(0, LIMITS.errors)) {
    if (budget.left <= 0) break;
    failures.push(failureWithin(one, depth + 1, budget));
  }
  return failures;
}

/** The class the author gave it: a `name` of its own, or else the constructor's (a subclass that set no name inherits "Error"). */
function typeOf(error: Error): string {
  const maker: unknown = error.constructor;
  const ownName = Object.hasOwn(error, "name") || (typeof maker === "function" && Object.hasOwn(Object(maker.prototype), "name"));
  if (ownName && typeof error.name === "string" && error.name !== "") return error.name;
  if (typeof maker === "function" && typeof maker.name === "string" && maker.name !== "") return maker.name;
  return String(error.name);
}

function causeOf(error: Error, depth: number, budget: Budget): Failure | undefined {
  if (depth >= LIMITS.causes || budget.left <= 0) return undefined;
  const { cause } = error;
  if (cause === undefined) return undefined;
  // An error that brought a failure from elsewhere passes it on as it was.
  const carried: unknown = Object.hasOwn(error, "failure") ? Reflect.get(error, "failure") : undefined;
  return isFailure(carried) ? copyOf(carried, depth + 1, budget) : failureWithin(cause, depth + 1, budget);
}

interface LooksLikeFailure {
  readonly errorType: string;
  readonly message: string;
}

const isFailure = (value: unknown): value is LooksLikeFailure =>
  typeof value === "object" &&
  value !== null &&
  "errorType" in value &&
  typeof value.errorType === "string" &&
  "message" in value &&
  typeof value.message === "string";

/** Only what a failure has, and within its bounds: the field is the author's, and may hold anything. */
function copyOf(carried: LooksLikeFailure, depth: number, budget: Budget): Failure {
  budget.left--;
  const field = (name: string): unknown => attempt(() => Reflect.get(carried, name), undefined);
  const stack = stackOf(field("stack"));
  const cause = field("cause");
  const errors = field("errors");
  const properties = jsonImage(field("properties"), LIMITS.properties * LIMITS.propertyChars);
  const value = jsonImage(field("value"), LIMITS.valueChars);
  const mayGoDeeper = depth < LIMITS.causes && budget.left > 0;
  return {
    errorType: cut(carried.errorType, LIMITS.messageChars),
    message: cut(carried.message, LIMITS.messageChars),
    ...(stack === undefined ? {} : { stack }),
    ...(mayGoDeeper && isFailure(cause) ? { cause: copyOf(cause, depth + 1, budget) } : {}),
    ...(mayGoDeeper && Array.isArray(errors) ? { errors: copiesOf(errors, depth + 1, budget) } : {}),
    ...(isJsonObject(properties) ? { properties } : {}),
    ...(value === undefined ? {} : { value }),
    ...(field("isNonRetriable") === true ? { isNonRetriable: true } : {}),
  };
}

function copiesOf(errors: readonly unknown[], depth: number, budget: Budget): readonly Failure[] {
  const copies: Failure[] = [];
  for (const one of errors.slice(0, LIMITS.errors)) {
    if (budget.left > 0 && isFailure(one)) copies.push(copyOf(one, depth, budget));
  }
  return copies;
}

const isJsonObject = (value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function propertiesOf(error: Error): { readonly [key: string]: JsonValue } | null {
  const keys = Object.keys(error);
  if (keys.length === 0) return null;
  const found: { [key: string]: JsonValue } = {};
  let count = 0;
  for (const key of keys) {
    if (KNOWN_FIELDS.has(key) || count >= LIMITS.properties) continue;
    const value = jsonImage(
      attempt(() => Reflect.get(error, key), undefined),
      LIMITS.propertyChars,
    );
    if (value === undefined) continue;
    found[key] = value;
    count++;
  }
  return count === 0 ? null : found;
}

/** Node's view of it, which runs neither getters nor the traps of a proxy. */
function failureOfValue(thrown: unknown): Failure {
  const options = { depth: 2, breakLength: Number.POSITIVE_INFINITY, customInspect: false };
  const message = typeof thrown === "string" ? thrown : attempt(() => inspect(thrown, options), UNREADABLE_VALUE.message);
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
