import { parseDuration } from "../model/duration.ts";
import { BodyBudget } from "./body-budget.ts";
import type { FunctionMatch } from "./function-routes.ts";
import { FunctionRoutes } from "./function-routes.ts";
import { hostStatusResponse } from "./host-status.ts";
import type { HttpManagement } from "./http-management.ts";
import { createHttpManagement } from "./http-management.ts";
import { handleManagement } from "./management-api.ts";
import type { ManagementRoute } from "./management-path.ts";
import { managementRoute } from "./management-path.ts";
import { METRICS_PATH, metricsResponse } from "./metrics-response.ts";
import type { Mounted } from "./mounts.ts";
import { mountAt } from "./mounts.ts";
import type { HttpSettings } from "./options.ts";
import { isBelow } from "./paths.ts";
import { isProbe, probeResponse } from "./probes.ts";
import type { BodyLimits } from "./request-body.ts";
import { RequestBody } from "./request-body.ts";
import { RequestQuery } from "./request-query.ts";
import { emptyResponse, failureResponse, withoutBody } from "./responses.ts";
import { runFunction } from "./run-function.ts";
import { keyCheck } from "./security.ts";

export interface RoutedRequest {
  readonly request: Request;
  readonly url: URL;
  /** Below the mount. */
  readonly path: string;
  readonly mountPath: string;
}

/** `label`: under which the request is counted, one of few names, whatever its path is. */
interface Target {
  readonly label: string;
  readonly answer: () => Promise<Response> | Response;
}

const HOST_STATUS = "/admin/host/status";

/**
 * Which part answers. The key comes first: a caller without one gets 401 for every path but the probes and the functions that ask for none, so
 * that neither paths nor methods nor constraints of the others can be found out, and none of their patterns is run for it.
 */
export class Router<Client> {
  readonly #settings: HttpSettings<Client>;
  readonly #functions: FunctionRoutes<Client>;
  readonly #openFunctions: FunctionRoutes<Client>;
  readonly #hasKey: (request: Request, query: RequestQuery) => boolean;
  readonly #functionPrefix: string;
  readonly #bodies: BodyLimits;

  constructor(settings: HttpSettings<Client>) {
    const { bodyTimeout, httpFunctions, keys, maxBodyBytes, maxHeldBodyBytes, routePrefix } = settings;
    const budget = new BodyBudget(maxHeldBodyBytes, maxBodyBytes);
    this.#bodies = { maxBytes: maxBodyBytes, timeoutMs: parseDuration(bodyTimeout) ?? 0, budget };
    this.#settings = settings;
    this.#functions = new FunctionRoutes(httpFunctions);
    this.#openFunctions = new FunctionRoutes(httpFunctions.filter(({ authLevel }) => authLevel === "anonymous"));
    this.#hasKey = keys.length === 0 ? () => true : keyCheck(keys);
    settings.metrics?.isVersion(settings.version);
    this.#functionPrefix = routePrefix === "" ? "" : `/${routePrefix}`;
  }

  async answer(routed: RoutedRequest): Promise<Response> {
    const { metrics } = this.#settings;
    const began = metrics === null ? 0 : performance.now();
    const { label, answer } = this.#target(routed);
    const response = await answer();
    metrics?.answered(response.status === 401 ? "unauthorized" : label, response.status, performance.now() - began);
    return routed.request.method === "HEAD" ? withoutBody(response) : response;
  }

  async probe(request: Request, path: string): Promise<Response> {
    if (request.method !== "GET" && request.method !== "HEAD") return emptyResponse(404);
    const response = await probeResponse(path, this.#settings.readiness);
    return request.method === "HEAD" ? withoutBody(response) : response;
  }

  /** Null: no mount has this path. */
  mounted(path: string): Mounted | null {
    return mountAt(this.#settings.mounts, path);
  }

  async answerMounted({ mount, context }: Mounted, request: Request): Promise<Response> {
    const body = new RequestBody(request, this.#bodies);
    try {
      const response = await mount.handle(body.limited(), context);
      return request.method === "HEAD" ? withoutBody(response) : response;
    } finally {
      body.letGo();
    }
  }

  /** For servers with routes of their own: all that is below the base path is ours, below the function prefix only what a function answers. */
  serves(request: Request, path: string): boolean {
    const { basePath, metrics } = this.#settings;
    if (isBelow(path, basePath) || isHostStatus(path) || (metrics !== null && path === METRICS_PATH)) return true;
    if ((this.#settings.probes && isProbe(path)) || this.mounted(path) !== null) return true;
    const method = request.method === "OPTIONS" ? (request.headers.get("access-control-request-method") ?? "OPTIONS") : request.method;
    return this.#match(this.#functions, method, path) !== null;
  }

  /** Which part answers it. */
  #target(routed: RoutedRequest): Target {
    const { request, url, path, mountPath } = routed;
    const { basePath, metrics, taskHub, version } = this.#settings;
    const query = new RequestQuery(url.searchParams);
    if (!this.#hasKey(request, query)) {
      const open = this.#match(this.#openFunctions, request.method, path);
      return open === null ? { label: "unauthorized", answer: () => emptyResponse(401) } : this.#functionTarget(open, routed);
    }
    const reads = request.method === "HEAD" ? "GET" : request.method;
    if (isBelow(path, basePath)) {
      const route = managementRoute(reads, path.slice(basePath.length));
      const label = `management ${route?.kind ?? "unknown"}`;
      if (route === null || !isOwnHub(query, taskHub)) return { label, answer: () => emptyResponse(404) };
      return { label, answer: () => this.#manage(route, query, request, mountPath) };
    }
    if (metrics !== null && path === METRICS_PATH) return { label: "metrics", answer: () => metricsResponse(metrics, reads) };
    if (isHostStatus(path)) {
      return { label: "host status", answer: () => (reads === "GET" ? hostStatusResponse(taskHub, version) : emptyResponse(404)) };
    }
    const match = this.#match(this.#functions, request.method, path);
    return match === null ? { label: "unknown", answer: () => emptyResponse(404) } : this.#functionTarget(match, routed);
  }

  #functionTarget(match: FunctionMatch<Client>, routed: RoutedRequest): Target {
    return { label: `function ${match.definition.name}`, answer: () => this.#run(match, routed) };
  }

  async #manage(route: ManagementRoute, query: RequestQuery, request: Request, mountPath: string): Promise<Response> {
    const body = new RequestBody(request, this.#bodies);
    try {
      return await handleManagement(route, { ...this.#settings, request, query, body, management: this.#management(mountPath) });
    } catch (error) {
      return failureResponse(error, request, this.#settings.log); // here, inside CORS, so that a page can read it
    } finally {
      body.letGo();
    }
  }

  /** A HEAD is answered by the function that takes it, else by the one for GET. */
  #match(functions: FunctionRoutes<Client>, method: string, path: string): FunctionMatch<Client> | null {
    if (!isBelow(path, this.#functionPrefix)) return null;
    const rest = path.slice(this.#functionPrefix.length);
    return functions.match(method, rest) ?? (method === "HEAD" ? functions.match("GET", rest) : null);
  }

  #run(match: FunctionMatch<Client>, { request, mountPath }: RoutedRequest): Promise<Response> {
    return runFunction(match, request, { ...this.#settings, basePath: mountPath + this.#settings.basePath, bodies: this.#bodies });
  }

  #management(mountPath: string): HttpManagement {
    return createHttpManagement({ ...this.#settings, basePath: mountPath + this.#settings.basePath });
  }
}

const isHostStatus = (path: string): boolean => path.toLowerCase().replace(/\/$/, "") === HOST_STATUS;

/** A blank `taskHub` means ours; another hub is not served here. */
function isOwnHub(query: RequestQuery, taskHub: string): boolean {
  const asked = query.nonBlank("taskHub");
  return asked === null || asked.toLowerCase() === taskHub.toLowerCase();
}
