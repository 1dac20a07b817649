import type { JsonValue } from "./payload.ts";

/** A thrown value as data: enough to show it, to decide a retry on it and to throw it again on the other side. */
export interface Failure {
  /** Constructor name of the error (`TypeError`), or {@link NON_ERROR} when something else was thrown. */
  readonly errorType: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: Failure;
  /** The failures inside an AggregateError. */
  readonly errors?: readonly Failure[];
  /** Own enumerable fields of the error that survive JSON. */
  readonly properties?: { readonly [key: string]: JsonValue };
  /** What was thrown, when it was not an Error and survives JSON. `undefined` is kept as an absent value. */
  readonly value?: JsonValue;
  /** Set by NonRetriableError: no retry policy applies. */
  readonly isNonRetriable?: true;
}

export const NON_ERROR = "non-error";
