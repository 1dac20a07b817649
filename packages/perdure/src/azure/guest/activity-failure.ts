import type { Failure } from "../../model/failure.ts";
import { definedOf, isRecord } from "../../model/options.ts";
import type { JsonValue } from "../../model/payload.ts";
import { failureOf } from "../../replay/failures/failure-of.ts";
import { activityFailed } from "./sdk-events.ts";

/**
 * What a handler threw, with the sentence that callers of today's apps see. An app that has set an exception properties provider sends JSON in place of the message: then
 * type, message and properties come from there.
 */
export function activityFailure(name: string, thrown: unknown): Failure {
  const own = failureOf(thrown);
  const sentence = (message: string) => activityFailed(name, message);
  const told = detailsIn(own.message);
  // Fields of the error alone would look like those of a provider. What it was caused by is for those who read the history: the library has no place for it.
  if (told === null) {
    const { errorType, message, stack = message, cause, errors } = own;
    return { errorType, message: sentence(message), stack, ...definedOf({ cause, errors }) };
  }
  const { errorType, errorMessage, stackTrace, properties, isNonRetriable } = told;
  return {
    errorType,
    message: sentence(errorMessage),
    stack: typeof stackTrace === "string" ? stackTrace : (own.stack ?? errorMessage),
    // Safe: it was parsed from JSON.
    properties: (isRecord(properties) ? properties : {}) as { readonly [key: string]: JsonValue },
    ...(isNonRetriable === true ? { isNonRetriable } : {}),
  };
}

interface Details {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly [other: string]: unknown;
}

function detailsIn(message: string): Details | null {
  if (!message.startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(message);
    return isDetails(value) ? value : null;
  } catch {
    return null;
  }
}

const isDetails = (value: unknown): value is Details =>
  isRecord(value) && typeof value.errorType === "string" && typeof value.errorMessage === "string";
