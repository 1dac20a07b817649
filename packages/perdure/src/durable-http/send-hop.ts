import type { LookupAddress } from "node:dns";
import type { IncomingMessage } from "node:http";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import type { HubHttp } from "../functions/http-calls.ts";
import { errorText } from "../telemetry/value-text.ts";
import { allowedAddresses } from "./addresses.ts";
import type { Hop, HopAnswer, SendHop } from "./hop.ts";
import { HttpCallError, httpFault } from "./http-call-error.ts";

/**
 * Each request has a connection of its own (docs/decisions/0055): a connection that is kept could lead to an address that is not allowed any more, or be closed by
 * the server at the moment of the next request.
 */
export const sendTo =
  (settings: HubHttp): SendHop =>
  async (hop, { signal, maxBytes }) => {
    const addresses = await allowedAddresses(hop.method, hop.url, settings);
    const answer = await answerOf(hop, addresses, signal);
    return { status: answer.statusCode ?? 0, headers: headersOf(answer), body: await bodyOf(hop, answer, maxBytes) };
  };

function answerOf(hop: Hop, addresses: readonly LookupAddress[], signal: AbortSignal): Promise<IncomingMessage> {
  const { method, url, headers, body } = hop;
  const length = body === null ? {} : { "content-length": String(body.byteLength) };
  const options = { method, headers: { ...headers, ...length }, agent: false, lookup: lookupOf(addresses), signal } as const;
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, options, resolve);
    sent.on("error", (error) => reject(failed(hop, error)));
    // A server that wants to speak another protocol: nothing here does.
    sent.on("upgrade", (_, socket) => {
      socket.destroy();
      reject(httpFault("HTTP_CALL_FAILED", method, url.href, "the server changed to another protocol"));
    });
    sent.end(body ?? undefined);
  });
}

/** Both forms in which Node asks: for all addresses, which it then tries in turn, or for one. */
const lookupOf = (addresses: readonly LookupAddress[]): LookupFunction => {
  const [first] = addresses;
  return (_, { all }, found) => {
    if (all === true) found(null, [...addresses]);
    else found(null, first?.address ?? "", first?.family ?? 4);
  };
};

function headersOf({ headers }: IncomingMessage): HopAnswer["headers"] {
  const given = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return Object.fromEntries(given);
}

async function bodyOf(hop: Hop, answer: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => httpFault("HTTP_CALL_TOO_LARGE", hop.method, hop.url.href, maxBytes);
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of answer as AsyncIterable<Buffer>) {
      bytes += part.byteLength;
      if (bytes > maxBytes) throw tooLarge(); // leaving the loop ends the connection
      parts.push(part);
    }
  } catch (error) {
    throw error instanceof HttpCallError ? error : failed(hop, error);
  }
  const whole = Buffer.concat(parts);
  const expand = EXPAND[String(answer.headers["content-encoding"] ?? "").toLowerCase()];
  if (expand === undefined || whole.byteLength === 0) return whole;
  try {
    return await expand(whole, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw failed(hop, error);
  }
}

/** Some servers compress without being asked. */
const EXPAND: { readonly [encoding: string]: (data: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Uint8Array> } = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** Several addresses fail as one AggregateError without a text of its own. */
function failed({ method, url }: Hop, error: unknown): HttpCallError {
  const all = error instanceof AggregateError ? error.errors : [error];
  return httpFault("HTTP_CALL_FAILED", method, url.href, all.map((one) => errorText(one)).join("; "));
}
