import { isRequest } from "../client/arguments.ts";
import { fault } from "../errors/perdure-error.ts";
import { Withheld } from "../errors/shown.ts";
import { preflightResponse, withCors } from "./cors.ts";
import type { HttpHandlerOptions } from "./options.ts";
import { parseHttpOptions } from "./options.ts";
import { below } from "./paths.ts";
import { isProbe } from "./probes.ts";
import { RefusalHints } from "./refusal-hints.ts";
import { emptyResponse, failureResponse } from "./responses.ts";
import { Router } from "./router.ts";
import { refusalWithoutKey } from "./security.ts";
import type { ServedHub } from "./served-hub.ts";

/** Web-standard: any server that speaks `Request` and `Response` can mount it. Rejects only what is not a request. */
export interface HttpHandler {
  (request: Request, context?: RequestContext): Promise<Response>;
  /** False: the handler trusts every client that can connect, so it must be reachable from this machine only. */
  readonly demandsKey: boolean;
  /** Whether the request is for this handler, so that a server with routes of its own can keep the others. */
  serves(request: Request, context?: RequestContext): boolean;
  /** Ends answers that would not end by themselves, so that a server which closes need not wait for them. `serveHttp` calls it. */
  endStreams(): void;
}

export interface RequestContext {
  /** Where the server has mounted the handler, if it knows better than the option `mountPath`. */
  readonly mountPath?: string;
}

/** The management API, the client functions, the probes and the host's status, behind one function. Throws for options that cannot work. */
export function createHttpHandler<Client>(hub: ServedHub<Client>, options: HttpHandlerOptions = {}): HttpHandler {
  const settings = parseHttpOptions(hub, options);
  const router = new Router(settings);
  const demandsKey = settings.keys.length > 0;
  const hints = new RefusalHints(settings.log);

  const answer = async (request: Request, url: URL, mountPath: string): Promise<Response> => {
    const path = below(url.pathname, mountPath);
    // Before any check: a probe has no key, and comes under whatever name the machine has. The answer has one word.
    if (path !== null && settings.probes && isProbe(path)) return router.probe(request, path);
    const refusal = demandsKey ? null : refusalWithoutKey(request, url, settings.corsOrigins);
    if (refusal !== null) {
      hints.refused(refusal, request, url);
      return emptyResponse(403);
    }
    const mounted = path === null ? null : router.mounted(path);
    if (mounted !== null) return router.answerMounted(mounted, request);
    const preflight = preflightResponse(request, settings);
    if (preflight !== null || path === null) return preflight ?? emptyResponse(404);
    return withCors(await router.answer({ request, url, path, mountPath }), request, settings);
  };
  const handler = async (request: Request, context: RequestContext = {}): Promise<Response> => {
    try {
      return await answer(request, new URL(request.url), context.mountPath ?? settings.mountPath);
    } catch (error) {
      checkRequest(request);
      return failureResponse(error, request, settings.log);
    }
  };
  const serves = (request: Request, context: RequestContext = {}): boolean => {
    try {
      const path = below(new URL(request.url).pathname, context.mountPath ?? settings.mountPath);
      return path !== null && router.serves(request, path);
    } catch (error) {
      checkRequest(request);
      throw error;
    }
  };
  const endStreams = (): void => {
    for (const mount of settings.mounts) mount.endStreams?.();
  };
  return Object.assign(handler, { demandsKey, serves, endStreams });
}

const REQUEST = "a Web Request; a listener for Node's own server, Express or Fastify is toNodeListener(handler)";

/** What was passed is looked at only after something has failed: a request that is one costs nothing. */
function checkRequest(request: unknown): void {
  if (!isRequest(request)) throw fault("OPTION_INVALID", "The handler of createHttpHandler", "request", new Withheld(request), REQUEST);
}
