import type { ErrorCode } from "../errors/catalogue.ts";
import { CATALOGUE } from "../errors/catalogue.ts";
import { PerdureError } from "../errors/perdure-error.ts";
import { StoreUnavailableError } from "../errors/store-unavailable.ts";
import type { EngineLog } from "../telemetry/engine-log.ts";
import { jsonArray } from "./wire/json-text.ts";

type Headers = { readonly [name: string]: string };

const JSON_TYPE = "application/json; charset=utf-8";

export const emptyResponse = (status: number, headers: Headers = {}): Response => new Response(null, { status, headers });

/** `json` is JSON text. */
export const jsonResponse = (status: number, json: string, headers: Headers = {}): Response =>
  new Response(json, { status, headers: { "Content-Type": JSON_TYPE, ...headers } });

/** An array of JSON texts. A large one goes out piece by piece: joined and encoded as a whole it would be in memory three times. */
export function jsonArrayResponse(status: number, items: readonly string[], headers: Headers = {}): Response {
  const length = items.reduce((sum, item) => sum + item.length, 0);
  if (length < WHOLE_CHARS) return jsonResponse(status, jsonArray(items), headers);
  let next = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const item = items[next];
        controller.enqueue(encoder.encode(item === undefined ? "]" : `${next === 0 ? "[" : ","}${item}`));
        if (item === undefined) controller.close();
        next++;
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { status, headers: { "Content-Type": JSON_TYPE, ...headers } });
}

const WHOLE_CHARS = 256 * 1_024;
const encoder = new TextEncoder();

/** The code of the error, if there is one: the bodies are Azure's, and have no field for it. */
export const ERROR_HEADER = "x-perdure-error";

const codeHeader = (code: ErrorCode | undefined): Headers => (code === undefined ? {} : { [ERROR_HEADER]: code });

/** The short 400 and 412 texts of the wire: a JSON string. */
export const textResponse = (status: number, text: string, code?: ErrorCode): Response =>
  jsonResponse(status, JSON.stringify(text), codeHeader(code));

export const messageResponse = (status: number, message: string, code?: ErrorCode): Response =>
  jsonResponse(status, JSON.stringify({ Message: message }), codeHeader(code));

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
  "PAYLOAD_TOO_DEEP",
  "INSTANCE_ID_INVALID",
  "FUNCTION_UNKNOWN",
  "ENTITY_UNKNOWN",
  "ENTITY_KEY_INVALID",
  "WAIT_INTERVAL_INVALID",
  "HUB_CLOSED",
  "HOST_STOPPING",
  "STORE_UNAVAILABLE",
]);

const SOON_S = "5";

/** 503: with whether what was asked for may still be done, where that is known. */
export function unavailableResponse(error: PerdureError, unlessTold: StoreUnavailableError["accepted"] | null): Response {
  const told = error instanceof StoreUnavailableError ? { accepted: error.accepted, instanceId: error.instanceId } : null;
  const fate = told ?? (unlessTold === null ? {} : { accepted: unlessTold });
  return jsonResponse(error.httpStatus, JSON.stringify({ Message: publicText(error), ...fate }), {
    "Retry-After": SOON_S,
    ...codeHeader(error.code),
  });
}

const isUnavailable = (error: unknown): error is PerdureError =>
  error instanceof PerdureError && error.httpStatus === 503 && SPEAKS_FOR_ITSELF.has(error.code);

/** Null when the error must be logged and answered as a failure of the host. */
export function speakingResponse(error: unknown): Response | null {
  if (!(error instanceof PerdureError) || !(error.kind === "client" || SPEAKS_FOR_ITSELF.has(error.code))) return null;
  return error.httpStatus === 503 ? unavailableResponse(error, null) : messageResponse(error.httpStatus, publicText(error), error.code);
}

/** The message of a store error may contain paths, addresses and users: it belongs in the log only. */
export function publicText(error: PerdureError): string {
  if (error.kind !== "store") return error.message;
  const { text } = CATALOGUE.STORE_UNAVAILABLE;
  const where = "the log of the host has the reason";
  return error instanceof StoreUnavailableError ? text(where, error.advice) : text(where);
}

/** The answer to a request that failed in here. Never throws. */
export function failureResponse(error: unknown, request: Request, log: EngineLog): Response {
  // A POST writes to the store as its last step, and the error of that step says itself whether it was done.
  const speaking = isUnavailable(error) && request.method === "POST" ? unavailableResponse(error, "no") : speakingResponse(error);
  if (speaking !== null) {
    logStoreFault(error, log);
    return speaking;
  }
  if (request.signal.aborted) return emptyResponse(400); // the caller hung up in the middle of its body: this is not read
  log.write({ level: "error", event: "http.requestFailed", message: "A request failed inside the host.", fields: { error } });
  const type = error instanceof Error ? error.name : typeof error;
  return exceptionResponse(500, SOMETHING_WENT_WRONG, { type, message: "The log of the host has the error." });
}

/** Logs what the caller does not get. */
export function logStoreFault(error: unknown, log: EngineLog): void {
  if (!(error instanceof PerdureError) || error.kind !== "store") return;
  log.write({
    level: "warn",
    event: "http.storeUnavailable",
    message: `A request was refused: ${error.message}`,
    fields: { code: error.code },
  });
}

/** The answer to HEAD: what the answer to GET would be, without its body. */
export function withoutBody(response: Response): Response {
  if (response.body === null) return response;
  void response.body.cancel().catch(() => {});
  return new Response(null, { status: response.status, statusText: response.statusText, headers: response.headers });
}
