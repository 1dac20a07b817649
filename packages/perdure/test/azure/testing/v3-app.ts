import { createRequire } from "node:module";
import type * as DurableFunctions from "durable-functions";
import { installFunctionsCore } from "../../../src/azure/guest/core-hooks.ts";
import type { Callback } from "../../../src/azure/guest/core-types.ts";
import { FunctionTable } from "../../../src/azure/guest/function-table.ts";
import { FunctionsCore } from "../../../src/azure/guest/functions-core.ts";
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
let core = new FunctionsCore(() => {});
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
      prepare(context);
      return Promise.resolve(callback(input, context));
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
