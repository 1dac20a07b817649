import type { Failure } from "../../model/failure.ts";
import { keptText } from "../../telemetry/traces/span.ts";

/** What a span says of a failure. */
export type FailureText = (failure: Pick<Failure, "errorType" | "message">) => string;

/** Messages of errors may name customers: where payloads are hidden, spans have the type alone. */
export const failureText = (shown: "show" | "hide" | undefined): FailureText =>
  shown === "hide" ? ({ errorType }) => errorType : ({ message }) => keptText(message);
