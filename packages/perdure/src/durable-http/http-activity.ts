import { messageOf } from "../errors/perdure-error.ts";
import type { HubHttp } from "../functions/http-calls.ts";
import type { HttpAnswer, HttpRequest } from "../model/http-call.ts";
import { HTTP_ACTIVITY } from "../model/http-call.ts";
import { utf8Bytes } from "../model/payload.ts";
import type { ActivityContextCore, ActivityDefinition } from "../replay/functions/definition.ts";
import { Credentials } from "./credentials.ts";
import type { SendHop } from "./hop.ts";
import { HttpCallError, httpFault } from "./http-call-error.ts";

export interface HttpActivityParts {
  readonly settings: HubHttp;
  /** Of an answer as it is recorded. */
  readonly maxPayloadBytes: number;
  readonly now: () => number;
  /** In place of the network, for tests. */
  readonly send?: SendHop;
}

/** As in Azure. */
const TIMEOUT_MS = 240_000;
/** Of the body of an answer that counts as a failure. */
const TOLD_CHARS = 2_000;

/** What is needed to send anything: loaded with the first request of a process. */
const network = () => Promise.all([import("./exchange.ts"), import("./send-hop.ts")]);

/** `BuiltIn::HttpActivity`: sends one request of `ctx.callHttp`, with its redirects. */
export function httpActivity({ settings, maxPayloadBytes, now, send }: HttpActivityParts): ActivityDefinition {
  const credentials = new Credentials({ ...settings, now });
  const run = async (input: unknown, context: ActivityContextCore): Promise<HttpAnswer> => {
    const request = input as HttpRequest; // written by `ctx.callHttp`, of this release or an earlier one
    const [{ exchange }, { sendTo }] = await network();
    const parts = { send: send ?? sendTo(settings), credentials, maxBytes: maxPayloadBytes };
    const answer = await exchange(parts, request, { signal: context.signal, idempotencyKey: context.idempotencyKey });
    if (fails(request, answer.status)) throw refusedBy(request, answer);
    // JSON of the worst text, control characters, has six bytes for each of its own.
    const isSurelySmall = (answer.body.length + 20_000) * 6 < maxPayloadBytes;
    if (!isSurelySmall && utf8Bytes(JSON.stringify(answer)) > maxPayloadBytes)
      throw httpFault("HTTP_CALL_TOO_LARGE", request.method, answer.url, maxPayloadBytes);
    return answer;
  };
  return { name: HTTP_ACTIVITY, retry: null, timeoutMs: TIMEOUT_MS, input: null, output: null, run };
}

function fails({ failsOn }: HttpRequest, status: number): boolean {
  if (failsOn === undefined) return false;
  // 202 and the like are results; a redirect that leads nowhere is none.
  return failsOn === "notSuccessful" ? status < 200 || status > 299 : failsOn.includes(status);
}

function refusedBy({ method }: HttpRequest, { url, status, body, bodyEncoding }: HttpAnswer): HttpCallError {
  const message = messageOf("HTTP_CALL_STATUS", method, url, status);
  return new HttpCallError("HTTP_CALL_STATUS", message, {
    statusCode: status,
    ...(bodyEncoding === "text" && body !== "" ? { body: body.slice(0, TOLD_CHARS) } : {}),
  });
}
