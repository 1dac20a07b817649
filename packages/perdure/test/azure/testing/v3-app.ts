import { createRequire, registerHooks } from "node:module";
import { types } from "node:util";
import type * as DurableFunctions from "durable-functions";
import { activityFailed } from "../../../src/azure/guest/sdk-events.ts";
import { createV3Executor } from "../../../src/azure/guest/v3-executor.ts";
import type { V3Function, V3Functions, V3Settings } from "../../../src/azure/guest/v3-function.ts";
import type { ActivityRequest, ActivityResult, Executor } from "../../../src/model/executor.ts";
import { fixedOffer } from "../../../src/model/executor.ts";
import { functionKey } from "../../../src/model/function-name.ts";
import { HTTP_ACTIVITY } from "../../../src/model/http-call.ts";
import { payload } from "../../../src/model/payload.ts";
import { failureOf } from "../../../src/replay/failures/failure-of.ts";

export type Library = typeof DurableFunctions;
type Callback = (input: unknown, context: object) => Promise<unknown>;

/** The oldest, a middle one and the newest of 3.x. */
export const RELEASES = ["durable-functions-3.0", "durable-functions-3.3", "durable-functions"] as const;
export type Release = (typeof RELEASES)[number];

const load = createRequire(import.meta.url);
const registered: { readonly name: string; readonly type: string; readonly callback: Callback }[] = [];

const core = {
  version: "4.0.0",
  hostVersion: "4.1000.0",
  registerFunction({ name, bindings }: { name: string; bindings: { [name: string]: { type: string } } }, callback: Callback): object {
    const type = Object.values(bindings).find((binding) => binding.type.endsWith("Trigger"))?.type ?? "";
    registered.push({ name, type, callback });
    return { dispose: () => {} };
  },
  setProgrammingModel: () => {},
  log: () => {},
};

const util = load("node:util") as { isDate?: (value: unknown) => boolean };
util.isDate ??= types.isDate;
(globalThis as { testCore?: object }).testCore = core;
registerHooks({
  resolve: (name, context, next) =>
    name === "@azure/functions-core" ? { url: "test:core", format: "commonjs", shortCircuit: true } : next(name, context),
  load: (url, context, next) =>
    url === "test:core" ? { format: "commonjs", source: "module.exports = globalThis.testCore", shortCircuit: true } : next(url, context),
});

export interface V3App {
  readonly functions: V3Functions;
  readonly activities: { readonly [name: string]: (input: unknown) => unknown };
}

/** An app as it would be loaded: `register` is its code. */
export function v3App(release: Release, register: (df: Library) => void, activities: V3App["activities"] = {}): V3App {
  const df = load(release) as Library;
  const { InvocationContext } = load("@azure/functions") as typeof import("@azure/functions");
  registered.length = 0;
  register(df);
  const all = [...registered];
  const functionFor = (type: string): Map<string, V3Function> =>
    new Map(
      all
        .filter((one) => one.type === type)
        .map(({ name, callback }) => {
          const call: V3Function["call"] = (input, { instanceId, prepare }) => {
            const context = new InvocationContext({ functionName: name, invocationId: instanceId, logHandler: () => {} });
            prepare(context);
            return callback(input, context);
          };
          return [functionKey(name), { name, call }];
        }),
    );
  const kinds = { orchestrator: functionFor("orchestrationTrigger"), entity: functionFor("entityTrigger") };
  const names = (kind: keyof typeof kinds) => [...kinds[kind].values()].map(({ name }) => name);
  return {
    functions: {
      names: { orchestrator: names("orchestrator"), entity: names("entity"), activity: Object.keys(activities) },
      find: (kind, name) => kinds[kind].get(functionKey(name)) ?? null,
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
