import { createRequire } from "node:module";
import type * as DurableFunctions from "durable-functions";
import { installFunctionsCore } from "../../../src/azure/guest/core-hooks.ts";
import type { Callback } from "../../../src/azure/guest/core-types.ts";
import { FunctionLog } from "../../../src/azure/guest/function-log.ts";
import { FunctionTable } from "../../../src/azure/guest/function-table.ts";
import { FunctionsCore } from "../../../src/azure/guest/functions-core.ts";
import { Invoker } from "../../../src/azure/guest/invoker.ts";
import { restoreRemovedMembers } from "../../../src/azure/guest/node-compat.ts";
import { activityFailed } from "../../../src/azure/guest/sdk-events.ts";
import { createV3Executor } from "../../../src/azure/guest/v3-executor.ts";
import type { V3Function, V3Functions, V3Settings } from "../../../src/azure/guest/v3-function.ts";
import type { ActivityRequest, ActivityResult, Executor } from "../../../src/model/executor.ts";
import { fixedOffer } from "../../../src/model/executor.ts";
import { sameName } from "../../../src/model/function-name.ts";
import { HTTP_ACTIVITY } from "../../../src/model/http-call.ts";
import { payload } from "../../../src/model/payload.ts";
import { failureOf } from "../../../src/replay/failures/failure-of.ts";
import type { Release } from "./releases.ts";

export type Library = typeof DurableFunctions;

const load = createRequire(import.meta.url);

/** The library asks for its host once in a process; each app of a test has one of its own. */
const first = new FunctionsCore(() => {});
let core = first;
restoreRemovedMembers();
installFunctionsCore({
  ...core.exports(),
  registerFunction: (...args: readonly unknown[]) => (core.exports().registerFunction as Callback)(...args),
});

export interface V3App {
  readonly functions: V3Functions;
  readonly activities: { readonly [name: string]: (input: unknown) => unknown };
}

/** An app as it would be loaded: `register` is its code. */
export function v3App(release: Release, register: (df: Library) => void, activities: V3App["activities"] = {}): V3App {
  const df = load(release) as Library;
  const { InvocationContext } = load("@azure/functions") as typeof import("@azure/functions");
  core = new FunctionsCore(() => {});
  register(df);
  const table = new FunctionTable(core.functions, { variables: {}, leftOut: () => null, streamed: false });
  const found = table.functions.map(({ name, role, callback }) => {
    const call: V3Function["call"] = (input, { instanceId, prepare }) => {
      const context = new InvocationContext({ functionName: name, invocationId: instanceId, logHandler: () => {} });
      return Promise.resolve((prepare(context) ?? callback)(input, context));
    };
    return { role, name, call };
  });
  const names = (kind: string) => found.filter(({ role }) => role === kind).map(({ name }) => name);
  return {
    functions: {
      names: { orchestrator: names("orchestrator"), entity: names("entity"), activity: Object.keys(activities) },
      find: (kind, name) => found.find((one) => one.role === kind && sameName(one.name, name)) ?? null,
    },
    activities,
  };
}

/** Calls activities as the host does, by the library's own model of an invocation. `written`: lines of the log. */
export function v3Activities(release: Release, register: (df: Library) => void, written: (line: string) => void) {
  const df = load(release) as Library;
  core = new FunctionsCore(() => {});
  register(df);
  const table = new FunctionTable(core.functions, { variables: {}, leftOut: () => null, streamed: false });
  const log = new FunctionLog({ default: "Warning", Function: "Warning" }, ({ level, message }) => written(`${level}: ${message}`));
  const invoker = new Invoker({ core: first, log, client: () => "{}", bindings: null, timeoutMs: null });
  return async (name: string, input: unknown): Promise<unknown> => {
    const fn = table.find("activity", name);
    if (fn === null) throw new TypeError(`there is no activity "${name}"`);
    return await invoker.call(fn, { instanceId: "one", given: { json: JSON.stringify(input) }, trace: { traceParent: "00-1" } });
  };
}

/** What its threads are to the engine. `http` answers `callHttp`. */
export function v3Executor(app: V3App, settings: Partial<V3Settings> = {}): Executor {
  const v3 = createV3Executor({ functions: app.functions, settings });
  const { names } = app.functions;
  return {
    offer: fixedOffer({ ...names, activity: [...names.activity, HTTP_ACTIVITY] }),
    wantsRecorded: false,
    onOffer: () => () => {},
    runEpisode: async (request) => v3.runEpisode(request),
    runEntityBatch: (request) => v3.runEntityBatch(request),
    abortEpisode: ({ no }) => v3.forget(no),
    runActivity: (request) => runActivity(app, request),
    abortActivity: () => {},
    forget: (no) => v3.forget(no),
    onHeartbeat: () => () => {},
    close: () => Promise.resolve(v3.close()),
  };
}

async function runActivity({ activities }: V3App, { name, input }: ActivityRequest): Promise<ActivityResult> {
  try {
    const result = await activities[name]?.(input === null ? null : JSON.parse(input));
    const text = JSON.stringify(result);
    return { kind: "completed", result: text === undefined ? null : payload(text) };
  } catch (error) {
    const { errorType, message, stack = "", isNonRetriable } = failureOf(error);
    const marks = isNonRetriable === undefined ? {} : { isNonRetriable };
    return { kind: "failed", failure: { errorType, message: activityFailed(name, message), stack, ...marks } };
  }
}
