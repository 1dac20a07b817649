import type { Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fault, faultFrom } from "../errors/perdure-error.ts";
import { UNUSABLE } from "../errors/sentences.ts";
import { parseOptions } from "../model/options.ts";
import { runAfter } from "../process/timers.ts";
import type { HttpHandler } from "./handler.ts";
import { checkHandler, toNodeListener } from "./node-listener.ts";
import { isLoopbackAddress } from "./security.ts";

export interface ServeOptions {
  readonly handler: HttpHandler;
  /** 0: any free port. */
  readonly port: number;
  /** Absent or "localhost": 127.0.0.1 and ::1, and nothing else. */
  readonly hostname?: string;
}

export interface HttpServer {
  readonly port: number;
  /** What a person types: `http://localhost:7071`. */
  readonly url: string;
  /** Takes no new connection, lets running requests finish for up to `timeoutMs` (default 10 s), then cuts what is left. */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

const DEFAULT_CLOSE_MS = 10_000;
const KNOWN_OPTIONS: readonly string[] = ["handler", "port", "hostname"];
/** Tries for one free port that is free on both loopback addresses. */
const PORT_TRIES = 10;

/** Serves the handler with Node's own HTTP server. Rejects when the address is taken, or open to others while the handler has no key. */
export async function serveHttp(options: ServeOptions): Promise<HttpServer> {
  checkOptions(options);
  const { handler, port } = options;
  const hostname = options.hostname ?? "localhost";
  if (!isLoopbackAddress(hostname) && !handler.demandsKey) throw fault("KEY_REQUIRED", hostname);
  const running = new RunningResponses();
  const listener = toNodeListener(handler);
  const makeServer = () =>
    createServer((incoming, outgoing) => {
      running.add(outgoing);
      listener(incoming, outgoing);
    });
  const servers = await listenOn(hostname, port, makeServer).catch((error: unknown) => {
    throw listenFault(error, hostname, port);
  });
  const boundPort = portOf(servers[0]);
  return {
    port: boundPort,
    url: `http://${urlHost(hostname)}:${boundPort}`,
    close: ({ timeoutMs = DEFAULT_CLOSE_MS } = {}) => {
      handler.endStreams();
      return closeAll(servers, running, timeoutMs);
    },
  };
}

function checkOptions(options: ServeOptions): void {
  parseOptions(options ?? null, KNOWN_OPTIONS, "serveHttp");
  const { port, hostname } = options;
  checkHandler(options.handler, "serveHttp");
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw fault("OPTION_INVALID", "serveHttp", "port", port, "a whole number from 0 to 65535");
  if (hostname !== undefined && (typeof hostname !== "string" || hostname.trim() === ""))
    throw fault("OPTION_INVALID", "serveHttp", "hostname", hostname, "a host name or an address");
}

const listenOn = async (hostname: string, port: number, makeServer: () => Server): Promise<readonly Server[]> =>
  hostname.toLowerCase() === "localhost" ? await listenOnLoopback(makeServer, port) : [await listen(makeServer(), port, bare(hostname))];

/** Names that cannot be looked up now are as good as unknown to the one who starts a server. */
const SAME: { readonly [code: string]: keyof typeof UNUSABLE } = { EAI_AGAIN: "ENOTFOUND", EPERM: "EACCES" };

/** What the system says of an address, as an error of the catalogue. */
function listenFault(error: unknown, hostname: string, port: number): unknown {
  if (!isSystemError(error)) return error;
  const code = SAME[error.code] ?? error.code;
  return Object.hasOwn(UNUSABLE, code) ? faultFrom(error, "ADDRESS_UNUSABLE", hostname, port, code as keyof typeof UNUSABLE) : error;
}

/** A machine without IPv6 has 127.0.0.1 alone. A port chosen by the system may be taken on the other address: then another is tried. */
async function listenOnLoopback(makeServer: () => Server, port: number): Promise<readonly Server[]> {
  for (let attempt = 1; ; attempt++) {
    const first = await listen(makeServer(), port, "127.0.0.1");
    try {
      return [first, await listen(makeServer(), portOf(first), "::1")];
    } catch (error) {
      if (!isSystemError(error)) {
        first.close();
        if (port !== 0 || attempt === PORT_TRIES) throw error;
      } else if (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT") {
        return [first];
      } else {
        first.close();
        throw error;
      }
    }
  }
}

function listen(server: Server, port: number, hostname: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) =>
      reject(isSystemError(error) && error.code === "EADDRINUSE" ? fault("ADDRESS_IN_USE", hostname, port) : error);
    server.once("error", onError);
    server.listen(port, hostname, () => {
      server.off("error", onError);
      resolve(server);
    });
  });
}

/** Responses on their way. While closing, each tells its caller that the connection ends with it. */
class RunningResponses {
  readonly #responses = new Set<ServerResponse>();
  #closing = false;
  #onFinished: () => void = () => {};

  add(response: ServerResponse): void {
    if (this.#closing) response.setHeader("Connection", "close");
    this.#responses.add(response);
    response.once("close", () => {
      this.#responses.delete(response);
      this.#onFinished();
    });
  }

  beginClosing(onFinished: () => void): void {
    this.#closing = true;
    this.#onFinished = onFinished;
    for (const response of this.#responses) {
      if (!response.headersSent) response.setHeader("Connection", "close");
    }
  }
}

async function closeAll(servers: readonly Server[], running: RunningResponses, timeoutMs: number): Promise<void> {
  const closeIdle = () => {
    for (const server of servers) server.closeIdleConnections();
  };
  running.beginClosing(closeIdle);
  const closed = Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  closeIdle();
  const cancelCut = runAfter(timeoutMs, () => {
    for (const server of servers) server.closeAllConnections();
  });
  await closed;
  cancelCut();
}

const isSystemError = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error && "syscall" in error && "code" in error;

function portOf(server: Server | undefined): number {
  const address = server?.address() as AddressInfo | null | undefined;
  return address?.port ?? 0;
}

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, "$1");

/** Any-address is nothing to type; IPv6 needs brackets. */
function urlHost(hostname: string): string {
  if (hostname === "0.0.0.0" || hostname === "::" || hostname === "[::]") return "localhost";
  return hostname.includes(":") && !hostname.startsWith("[") ? `[${hostname}]` : hostname;
}
