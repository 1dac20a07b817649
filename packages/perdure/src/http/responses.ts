import type { ErrorCode } from "../errors/catalogue.ts";
import { PerdureError } from "../errors/perdure-error.ts";

type Headers = { readonly [name: string]: string };

const JSON_TYPE = "application/json; charset=utf-8";

export const emptyResponse = (status: number, headers: Headers = {}): Response => new Response(null, { status, headers });

/** `json` is JSON text. */
export const jsonResponse = (status: number, json: string, headers: Headers = {}): Response =>
  new Response(json, { status, headers: { "Content-Type": JSON_TYPE, ...headers } });

/** The short 400 and 412 texts of the wire: a JSON string. */
export const textResponse = (status: number, text: string): Response => jsonResponse(status, JSON.stringify(text));

export const messageResponse = (status: number, message: string): Response => jsonResponse(status, JSON.stringify({ Message: message }));

/** The wire's error body with an exception. The stack stays in the host's log: it would show paths of the machine. */
export const exceptionResponse = (
  status: number,
  message: string,
  exception: { readonly type: string; readonly message: string },
): Response =>
  jsonResponse(
    status,
    JSON.stringify({ Message: message, ExceptionMessage: exception.message, ExceptionType: exception.type, StackTrace: null }),
  );

export const SOMETHING_WENT_WRONG = "Something went wrong while processing your request";

/** Errors whose own text is the answer, with the status of the catalogue; every other one is a failure of the host. */
const SPEAKS_FOR_ITSELF: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "BODY_TOO_LARGE",
  "PAYLOAD_TOO_LARGE",
  "INSTANCE_ID_INVALID",
  "FUNCTION_UNKNOWN",
  "WAIT_INTERVAL_INVALID",
  "OPERATION_UNAVAILABLE",
  "HUB_CLOSED",
  "STORE_UNAVAILABLE",
]);

/** Null when the error must be logged and answered as a failure of the host. */
export function speakingResponse(error: unknown): Response | null {
  if (!(error instanceof PerdureError) || !(error.kind === "client" || SPEAKS_FOR_ITSELF.has(error.code))) return null;
  return messageResponse(error.httpStatus, error.message);
}
