import { isBuiltIn } from "../errors/built-in-names.ts";
import type { ErrorCode } from "../errors/catalogue.ts";
import { CATALOGUE } from "../errors/catalogue.ts";
import { PerdureError } from "../errors/perdure-error.ts";
import { activity } from "../functions/activity.ts";
import { onStart, onStop } from "../functions/app-hooks.ts";
import { entity } from "../functions/entity.ts";
import type { HttpFunction } from "../functions/http.ts";
import { orchestrator } from "../functions/orchestrator.ts";
import type { RegisteredFunction } from "../functions/registry.ts";
import type { Schedule } from "../functions/schedule.ts";
import { externalOrigin } from "../http/external-origin.ts";
import type { BodyPassing } from "../http/http-function.ts";
import { optionsUnder } from "../http/http-management.ts";
import { DEFAULT_BASE_PATH } from "../http/paths.ts";
import { smallLength } from "../http/request-body.ts";
import type { Failure } from "../model/failure.ts";
import { nodeCrypto } from "../process/node-crypto.ts";
import { errorFromFailure } from "../replay/failures/failure-of.ts";
import type { ScheduleSpec } from "../schedules/spec.ts";
import { scheduleActivity } from "../schedules/spec.ts";
import type { AppThreads } from "./app-threads.ts";
import type { AppInfo, HttpRoute, InvocationResult } from "./guest.ts";

/**
 * What the hub of an app on threads is given as its functions: what they are called, and what their callers must know. HTTP functions and hooks call into
 * the threads; the others are run by the executor and never from here.
 */
export function appFunctions(threads: AppThreads, info: AppInfo = threads.info): readonly RegisteredFunction[] {
  const { functions, versions, activityLimits, http, schedules } = info;
  const own = (names: readonly string[]) => names.filter((name) => !isBuiltIn(name));
  return [
    ...own(functions.orchestrator).map((name) => {
      const version = versions[name];
      return orchestrator(name, version === undefined ? {} : { version }, neverHere);
    }),
    ...own(functions.activity).map((name) => {
      const maxConcurrent = activityLimits[name];
      return activity(name, maxConcurrent === undefined ? {} : { maxConcurrent }, neverHere);
    }),
    ...own(functions.entity).map((name) => entity(name, { initialState: neverHere, operations: {} })),
    ...schedules.map(scheduleOf),
    ...http.map((route) => httpFunction(threads, route)),
    // Also for what has none: it may have some when it is loaded again.
    onStart(({ runsWorker }) => threads.startHooks(runsWorker)),
    onStop(() => threads.stopHooks()),
  ];
}

function neverHere(): never {
  throw new TypeError("A function of an app on threads was run on the main thread.");
}

function scheduleOf(spec: ScheduleSpec): Schedule {
  const activityOf = { name: scheduleActivity(spec.name), retry: null, timeoutMs: null, input: null, output: null, run: neverHere };
  return { kind: "schedule", name: spec.name, spec, activity: activityOf, source: "" };
}

/** A library that takes bodies in parts was told to: it says by itself how much of one it keeps. */
function httpFunction(threads: AppThreads, { name, methods, route, authLevel, streamed }: HttpRoute): HttpFunction & BodyPassing {
  const mayBeInParts = streamed || threads.info.kind === "native";
  const handler: HttpFunction["handler"] = async (request, { params }) => {
    const isInParts = mayBeInParts && smallLength(request.headers) === null;
    const body = request.body === null || isInParts ? request.body : new Uint8Array(await request.arrayBuffer());
    const { method, signal } = request;
    const under = optionsUnder(request);
    const basePath = under?.basePath ?? DEFAULT_BASE_PATH;
    // The library of an Azure app makes management URLs of that of the request; a native app has the host make them.
    const url = threads.info.kind === "azure" ? externalUrl(request, under?.forwardedHost === true) : request.url;
    const id = nodeCrypto().randomUUID();
    return responseOf(
      await threads.invoke({ kind: "http", id, name, method, url, headers: [...request.headers], params, body, basePath }, signal),
    );
  };
  return {
    kind: "http",
    name,
    methods: methods as HttpFunction["methods"],
    route,
    authLevel: authLevel === "anonymous" ? "anonymous" : "function",
    passesBodyOn: streamed,
    handler,
  };
}

function externalUrl(request: Request, trustForwarded: boolean): string {
  const { pathname, search } = new URL(request.url);
  return externalOrigin(request, trustForwarded) + pathname + search;
}

const BAD_GATEWAY = 502;

function responseOf(result: InvocationResult): Response {
  switch (result.kind) {
    case "http":
      return new Response(result.body as ReadableStream<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer> | null, {
        status: result.status,
        headers: result.headers.map(([name, value]): [string, string] => [name, value]),
      });
    case "lost":
      return new Response("The function was running when its thread ended. The log of the host has the reason.", { status: BAD_GATEWAY });
    case "failed":
      throw errorOf(result.failure);
    case "done":
    case "replayed":
      throw new TypeError("An HTTP function was answered as if it were a trigger.");
  }
}

/** One of the catalogue is one again: some of them say to the caller of the function what to do. */
function errorOf(failure: Failure): Error {
  const code = failure.properties?.code;
  if (failure.errorType !== "PerdureError" || typeof code !== "string" || !Object.hasOwn(CATALOGUE, code)) return errorFromFailure(failure);
  return new PerdureError(code as ErrorCode, failure.message, { cause: errorFromFailure(failure) });
}
