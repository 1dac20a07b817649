import type { ErrorCode } from "../errors/catalogue.ts";
import { PerdureError } from "../errors/perdure-error.ts";
import { errorStack, isError, valueText } from "../telemetry/value-text.ts";

/** An error as data. One of the catalogue is one again on the other side: callers tell them apart by their codes. */
export type WireError =
  | { readonly code: ErrorCode; readonly message: string; readonly stack: string; readonly cause: string | null }
  | { readonly name: string; readonly message: string; readonly stack: string };

export function errorToWire(error: unknown): WireError {
  if (!isError(error)) return { name: "Error", message: valueText(error), stack: valueText(error) };
  const { message } = error;
  const stack = errorStack(error);
  if (!(error instanceof PerdureError)) return { name: error.name, message, stack };
  return { code: error.code, message, stack, cause: error.cause === undefined ? null : causeText(error.cause) };
}

const causeText = (cause: unknown): string => (isError(cause) ? errorStack(cause) : valueText(cause));

export function errorFromWire(wire: WireError): Error {
  if ("code" in wire) {
    const cause = wire.cause === null ? {} : { cause: withStack(new Error(wire.cause.split("\n", 1)[0]), wire.cause) };
    return withStack(new PerdureError(wire.code, wire.message, cause), wire.stack);
  }
  const error = new Error(wire.message);
  Object.defineProperty(error, "name", { value: wire.name, configurable: true, writable: true, enumerable: false });
  return withStack(error, wire.stack);
}

function withStack<E extends Error>(error: E, stack: string): E {
  Object.defineProperty(error, "stack", { value: stack, configurable: true, writable: true, enumerable: false });
  return error;
}
