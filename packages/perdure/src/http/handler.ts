import { preflightResponse, withCors } from "./cors.ts";
import { FunctionRoutes } from "./function-routes.ts";
import { hostStatusResponse } from "./host-status.ts";
import { createHttpManagement } from "./http-management.ts";
import { handleManagement } from "./management-api.ts";
import { managementRoute } from "./management-path.ts";
import type { HttpHandlerOptions, HttpSettings } from "./options.ts";
import { parseHttpOptions } from "./options.ts";
import { RequestQuery } from "./request-query.ts";
import { emptyResponse, exceptionResponse, SOMETHING_WENT_WRONG, speakingResponse } from "./responses.ts";
import { runFunction } from "./run-function.ts";
import { isTrustedWithoutKey, keyCheck } from "./security.ts";

/** Web-standard: any server that speaks `Request` and `Response` can mount it. Never rejects. */
export interface HttpHandler {
  (request: Request): Promise<Response>;
  /** False: the handler trusts whoever can connect, so it must be reachable from this machine only. */
  readonly demandsKey: boolean;
}

const HOST_STATUS = "/admin/host/status";

/** The management API, the client functions and the host's status, behind one function. Throws for options that cannot work. */
export function createHttpHandler<Client>(options: HttpHandlerOptions<Client>): HttpHandler {
  const settings = parseHttpOptions(options);
  const router = createRouter(settings);
  const demandsKey = settings.keys.length > 0;

  const answer = async (request: Request, url: URL): Promise<Response> => {
    if (!demandsKey && !isTrustedWithoutKey(request, url, settings.corsOrigins)) return emptyResponse(403);
    return preflightResponse(request, settings.corsOrigins) ?? withCors(await router(request, url), request, settings.corsOrigins);
  };
  const handler = async (request: Request): Promise<Response> => {
    try {
      return await answer(request, new URL(request.url));
    } catch (error) {
      return failureResponse(error, request, settings);
    }
  };
  return Object.assign(handler, { demandsKey });
}

function createRouter<Client>(settings: HttpSettings<Client>): (request: Request, url: URL) => Promise<Response> {
  const { basePath, keys, routePrefix } = settings;
  const functions = new FunctionRoutes(settings.httpFunctions);
  const management = createHttpManagement(settings);
  const hasKey = keyCheck(keys);
  const functionPrefix = routePrefix === "" ? "" : `/${routePrefix}`;

  return async (request, url) => {
    const query = new RequestQuery(url.searchParams);
    const refused = keys.length > 0 && !hasKey(request, query);
    if (isBelow(url.pathname, basePath)) {
      if (refused) return emptyResponse(401);
      const route = managementRoute(request.method, url.pathname.slice(basePath.length));
      if (route === null || !isOwnHub(query, settings.taskHub)) return emptyResponse(404);

      try {
        return await handleManagement(route, { ...settings, request, query, management });
      } catch (error) {
        return failureResponse(error, request, settings); // here, inside CORS, so that a page can read it
      }
    }
    if (url.pathname.toLowerCase().replace(/\/$/, "") === HOST_STATUS) {
      if (refused) return emptyResponse(401);
      return request.method === "GET" ? hostStatusResponse(settings.taskHub, settings.version) : emptyResponse(404);
    }
    if (!isBelow(url.pathname, functionPrefix)) return emptyResponse(404);
    const match = functions.match(request.method, url.pathname.slice(functionPrefix.length));
    if (match === null) return emptyResponse(404);
    if (refused && match.definition.authLevel !== "anonymous") return emptyResponse(401);
    return runFunction(match, request, settings);
  };
}

function failureResponse<Client>(error: unknown, request: Request, settings: HttpSettings<Client>): Response {
  const speaking = speakingResponse(error);
  if (speaking !== null) return speaking;
  if (request.signal.aborted) return emptyResponse(400); // the caller hung up in the middle of its body: nobody reads this
  settings.log.write({ level: "error", event: "http.requestFailed", message: "A request failed inside the host.", fields: { error } });
  const type = error instanceof Error ? error.name : typeof error;
  return exceptionResponse(500, SOMETHING_WENT_WRONG, { type, message: "The log of the host has the error." });
}

const isBelow = (path: string, base: string): boolean =>
  path.length >= base.length &&
  path.slice(0, base.length).toLowerCase() === base.toLowerCase() &&
  (path.length === base.length || path[base.length] === "/");

/** A blank `taskHub` means ours; another hub is not served here. */
function isOwnHub(query: RequestQuery, taskHub: string): boolean {
  const asked = query.nonBlank("taskHub");
  return asked === null || asked.toLowerCase() === taskHub.toLowerCase();
}
