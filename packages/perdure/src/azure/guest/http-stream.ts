import type { IncomingMessage } from "node:http";
import { request } from "node:http";
import { Server } from "node:net";
import { Readable } from "node:stream";
import type { HttpAnswer, HttpInvocation } from "../../app-threads/guest.ts";

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

/** Sends the request to the library's own server in this thread, under the id of the invocation, and gives its answer as soon as its head is there. */
export function passedOn(call: HttpInvocation, origin: string, signal: AbortSignal): Promise<HttpAnswer> {
  const url = new URL(call.url);
  const headers: [string, string][] = call.headers.flatMap(([name, value]): [string, string][] =>
    HOP_BY_HOP.has(name.toLowerCase()) || name.toLowerCase() === "content-length" ? [] : [[name, value]],
  );
  const own = { [INVOCATION]: call.id, "x-forwarded-host": url.host, "x-forwarded-proto": url.protocol.slice(0, -1) };
  return new Promise((resolve, reject) => {
    const sent = request(origin + url.pathname + url.search, { method: call.method, signal, agent: false }, (incoming) => {
      resolve({ kind: "http", status: incoming.statusCode ?? 200, headers: headersOf(incoming), body: Readable.toWeb(incoming) });
    });
    for (const [name, value] of headers) sent.appendHeader(name, value);
    for (const [name, value] of Object.entries(own)) sent.setHeader(name, value);
    sent.on("error", reject);
    sent.end(call.body ?? undefined);
  });
}

function headersOf({ rawHeaders }: IncomingMessage): readonly (readonly [string, string])[] {
  return rawHeaders.flatMap((name, at): [string, string][] => {
    const lower = name.toLowerCase();
    return at % 2 === 1 || HOP_BY_HOP.has(lower) || lower === INVOCATION ? [] : [[lower, rawHeaders[at + 1] ?? ""]];
  });
}
