import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:http";
import { Server } from "node:net";
import { pipeline, Readable } from "node:stream";
import type { ReadableStream as WebStream } from "node:stream/web";
import type { HttpAnswer, HttpInvocation } from "../../app-threads/guest.ts";
import { isError, valueText } from "../../telemetry/value-text.ts";

/**
 * While `start` runs, servers that are opened without an address listen on 127.0.0.1: that of the library, which serves streamed HTTP, would be open to the whole
 * network, without a key.
 */
export async function listeningLocally<Started>(start: () => Promise<Started>): Promise<Started> {
  const { listen } = Server.prototype;
  Server.prototype.listen = function (this: Server, ...args: unknown[]) {
    const [first, second] = args;
    if (first === undefined || typeof first === "function") return Reflect.apply(listen, this, [0, LOCAL, ...args.slice(0, 1)]);
    if (typeof first === "number" && typeof second !== "string") return Reflect.apply(listen, this, [first, LOCAL, ...args.slice(1)]);
    return Reflect.apply(listen, this, args);
  } as typeof listen;
  try {
    return await start();
  } finally {
    Server.prototype.listen = listen;
  }
}

const LOCAL = "127.0.0.1";

/** Where the library listens, as it tells among its capabilities; null: HTTP is not streamed. It names `localhost`, which may be ::1. */
export function streamOrigin(capabilities: { readonly [name: string]: unknown }): string | null {
  const { HttpUri: uri } = capabilities;
  if (typeof uri !== "string" || !URL.canParse(uri)) return null;
  const url = new URL(uri);
  url.hostname = LOCAL;
  return url.origin;
}

/**
 * Connections are not used again, but the library's server is not told so: one that may close it does so when it has answered, whether the body was read or not, and
 * bytes that are still on their way then take the answer with them.
 */
const ONE_REQUEST = new Agent({ keepAlive: true, maxFreeSockets: 0 });

const INVOCATION = "x-ms-invocation-id";
/** Of one connection, and so not of the other. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "proxy-connection",
  "host",
]);

export interface PassedOn {
  readonly answer: Promise<HttpAnswer>;
  /** Why the body of the request broke off; null: it did not. */
  readonly broken: () => Error | null;
}

/**
 * Sends the request to the library's own server in this thread, under the id of the invocation, and gives its answer as soon as its head is there. A body is sent in
 * parts as the function reads it.
 */
export function passedOn(call: HttpInvocation, origin: string, signal: AbortSignal): PassedOn {
  const source = call.body instanceof ReadableStream ? Readable.fromWeb(call.body as WebStream) : null;
  let broken: Error | null = null;
  source?.on("error", (error) => {
    if (!signal.aborted) broken ??= error;
  });
  return { answer: sentOn(call, source, origin, signal), broken: () => broken };
}

function sentOn(call: HttpInvocation, source: Readable | null, origin: string, signal: AbortSignal): Promise<HttpAnswer> {
  const url = new URL(call.url);
  const headers: [string, string][] = call.headers.flatMap(([name, value]): [string, string][] =>
    HOP_BY_HOP.has(name.toLowerCase()) || (source === null && name.toLowerCase() === "content-length") ? [] : [[name, value]],
  );
  const own = { [INVOCATION]: call.id, "x-forwarded-host": url.host, "x-forwarded-proto": url.protocol.slice(0, -1) };
  return new Promise((resolve, reject) => {
    const sent = request(origin + url.pathname + url.search, { method: call.method, signal, agent: ONE_REQUEST }, (incoming) => {
      // Of itself it would say no more than that it was cut off.
      signal.addEventListener("abort", () => incoming.destroy(errorOf(signal.reason)), { once: true });
      resolve({ kind: "http", status: incoming.statusCode ?? 200, headers: headersOf(incoming), body: Readable.toWeb(incoming) });
    });
    for (const [name, value] of headers) sent.appendHeader(name, value);
    for (const [name, value] of Object.entries(own)) sent.setHeader(name, value);
    sent.on("error", reject);
    if (source !== null) pipeline(source, sent, () => {});
    else sent.end(call.body instanceof Uint8Array ? call.body : undefined);
  });
}

const errorOf = (thrown: unknown): Error => (isError(thrown) ? thrown : new Error(valueText(thrown)));

function headersOf({ rawHeaders }: IncomingMessage): readonly (readonly [string, string])[] {
  return rawHeaders.flatMap((name, at): [string, string][] => {
    const lower = name.toLowerCase();
    return at % 2 === 1 || HOP_BY_HOP.has(lower) || lower === INVOCATION ? [] : [[lower, rawHeaders[at + 1] ?? ""]];
  });
}
