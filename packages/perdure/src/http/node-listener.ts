import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { fault } from "../errors/perdure-error.ts";
import type { HttpHandler } from "./handler.ts";
import { messageResponse } from "./responses.ts";
import { writeResponse } from "./write-response.ts";

/** What `http.createServer`, Express, Connect and Fastify's raw requests call. With `next`, requests that are not for Perdure are handed on. */
export type NodeListener = (incoming: IncomingMessage, outgoing: ServerResponse, next?: (error?: unknown) => void) => void;

interface Mounting {
  readonly mountPath: string;
  readonly next: ((error?: unknown) => void) | undefined;
}

/**
 * The handler as a listener of Node's own servers. Where a framework mounts it below a path (`app.use("/durable", …)`), requests are served below
 * that path, and management URLs have it.
 */
export function toNodeListener(handler: HttpHandler): NodeListener {
  checkHandler(handler, "toNodeListener");
  const mountings = new WeakMap<object, Mounting>();
  // Of Hono's adapter only the request is used: its writing of responses tells callers why a body failed.
  const adapt = getRequestListener(
    (request, { incoming, outgoing }) => {
      const message = incoming as IncomingMessage;
      void respond(handler, request, message, outgoing as ServerResponse, mountings.get(message));
      return new Promise<Response>(() => {}); // the answer is written here
    },
    // A probe by HTTP/1.0 may come without a Host.
    { overrideGlobalObjects: false, autoCleanupIncoming: false, hostname: "localhost" },
  );
  return (incoming, outgoing, next) => {
    mountings.set(incoming, { mountPath: mountOf(incoming), next });
    withOriginalUrl(incoming, () => void adapt(incoming, outgoing));
  };
}

export function checkHandler(handler: unknown, where: string): void {
  if (typeof handler !== "function" || !("serves" in handler))
    throw fault("OPTION_INVALID", where, "handler", handler, "what createHttpHandler(hub) returned");
}

async function respond(
  handler: HttpHandler,
  request: Request,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  mounting: Mounting | undefined,
): Promise<void> {
  const { mountPath = "", next } = mounting ?? {};
  const context = mountPath === "" ? {} : { mountPath };
  if (next !== undefined && !handler.serves(request, context)) return next();
  try {
    const response = isBodyGone(incoming) ? bodyGone() : await handler(request, context);
    await writeResponse(response, incoming, outgoing);
  } catch {
    // A body that failed: the handler has logged it, and the connection is cut.
  }
}

/** Express and Connect cut the mount off `url`; the caller's own URL is `originalUrl`. The adapter reads `url` before it returns. */
function withOriginalUrl(incoming: IncomingMessage, run: () => void): void {
  const { url } = incoming;
  incoming.url = originalUrl(incoming);
  try {
    run();
  } finally {
    if (url !== undefined) incoming.url = url;
  }
}

function originalUrl(incoming: IncomingMessage): string {
  const { originalUrl: original } = incoming as IncomingMessage & { readonly originalUrl?: unknown };
  return typeof original === "string" ? original : (incoming.url ?? "/");
}

/** What `originalUrl` has before `url`: "/durable" of "/durable/api/x" and "/api/x". At the mount itself, `url` is a bare "/". */
function mountOf(incoming: IncomingMessage): string {
  const [full = ""] = originalUrl(incoming).split("?");
  const [path = ""] = (incoming.url ?? "").split("?");
  if (full.endsWith(path)) return full.slice(0, full.length - path.length);
  return path === "/" ? full : "";
}

/** A body parser that ran before has taken it, and what it made of it is not what was sent. */
const isBodyGone = (incoming: IncomingMessage): boolean =>
  incoming.readableDidRead && incoming.readableEnded && !("rawBody" in incoming) && hasBody(incoming);

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

function bodyGone(): Response {
  const { httpStatus, message } = fault("BODY_ALREADY_READ");
  return messageResponse(httpStatus, message);
}
