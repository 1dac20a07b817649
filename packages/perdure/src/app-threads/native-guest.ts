import { createTypedClient } from "../client/typed-client.ts";
import { httpActivity } from "../durable-http/http-activity.ts";
import { functionLogTo } from "../executors/function-log.ts";
import { createNativeExecutor } from "../executors/native-executor.ts";
import type { DurableClient } from "../functions/client-types.ts";
import { codeVersionOf } from "../functions/code-version.ts";
import { parseHubHttp } from "../functions/http-calls.ts";
import { FunctionRegistry } from "../functions/registry.ts";
import type { HttpManagementOptions } from "../http/http-management.ts";
import { createHttpManagement } from "../http/http-management.ts";
import { DEFAULT_BASE_PATH } from "../http/paths.ts";
import type { EntityBatchRequest } from "../model/entity-batch.ts";
import type { ActivityRequest, Executor } from "../model/executor.ts";
import { jsonCodec } from "../model/payload.ts";
import { realScheduler } from "../process/real-time.ts";
import { installDeterministicGlobals } from "../replay/globals/deterministic-globals.ts";
import { loadCron } from "../schedules/cron.ts";
import type { EngineLog } from "../telemetry/engine-log.ts";
import { isEnabled } from "../telemetry/levels.ts";
import { OpenTelemetry } from "../telemetry/traces/open-telemetry.ts";
import type { CallPlace } from "./call-place.ts";
import { beginCall, callPlace } from "./call-place.ts";
import type { AppInfo, Guest, GuestHost, GuestSetup } from "./guest.ts";
import { loadApp } from "./load-app.ts";
import { NativeInvocations } from "./native-invocations.ts";

/** Runs an app of native functions in its thread, on the executor that runs them in process. */
export function createGuest(host: GuestHost): Guest {
  installDeterministicGlobals(); // before any code of the app
  /** Of the call that is being given to the executor, which enters contexts of its own, and makes that of the call at once. */
  let given: CallPlace | undefined;
  let loaded: { readonly executor: Executor; readonly invocations: NativeInvocations } | null = null;

  const parts = () => {
    if (loaded === null) throw new TypeError("The app is not loaded.");
    return loaded;
  };
  const give = <Request, Answer>(run: (executor: Executor, request: Request) => Answer, request: Request): Answer => {
    beginCall();
    given = callPlace.getStore();
    try {
      return run(parts().executor, request);
    } finally {
      given = undefined;
    }
  };
  const load = async (setup: GuestSetup): Promise<AppInfo> => {
    const functions = await loadApp(setup.app, setup.files, setup.cwd ?? process.cwd());
    const registry = new FunctionRegistry(functions, setup.versions);
    const { maxPayloadBytes, maxJsonDepth } = setup;
    const settings = registry.httpCalls ?? parseHubHttp(undefined, "http");
    registry.addBuiltIn("activity", httpActivity({ settings, maxPayloadBytes, now: () => Date.now() }));
    await loadCron(registry.schedules.map(({ spec }) => spec));
    const logs = logsOf(setup, host);
    const management = managementOf(setup, host);
    const client = clientOf(setup, host, management);
    // Behind the code of the app, which loads it too.
    const tracedCode = setup.traced === true ? await OpenTelemetry.load() : null;
    const executor = createNativeExecutor({
      ...{ functions: registry, codec: jsonCodec, scheduler: realScheduler(true), client: () => client, maxPayloadBytes, maxJsonDepth },
      log: functionLogTo(logs),
      tracedCode,
      contextOfCall: () => {
        const place = given;
        return place === undefined ? (fn, ...args) => fn(...args) : (fn, ...args) => callPlace.run(place, fn, ...args);
      },
    });
    executor.onHeartbeat((task, progress) => host.heartbeat(task, progress));
    loaded = { executor, invocations: new NativeInvocations({ registry, client, logs, management, taskHub: setup.taskHub }) };
    return infoOf(registry);
  };
  return {
    load,
    runEpisode: (request) => {
      beginCall();
      return parts().executor.runEpisode(request);
    },
    runActivity: (request) => give(runActivity, request),
    runEntityBatch: (request) => give(runEntityBatch, request),
    invoke: (call) => {
      beginCall();
      return parts().invocations.run(call);
    },
    abortEpisode: (episode, reason) => parts().executor.abortEpisode(episode, reason),
    abortActivity: (task, reason) => parts().executor.abortActivity(task, reason),
    abortInvocation: (id) => parts().invocations.abort(id),
    forget: (no) => parts().executor.forget(no),
    close: async () => loaded?.executor.close(),
  };
}

const runActivity = (executor: Executor, request: ActivityRequest) => executor.runActivity(request);
const runEntityBatch = (executor: Executor, request: EntityBatchRequest) => executor.runEntityBatch(request);

function logsOf({ levels }: GuestSetup, host: GuestHost): { readonly log: EngineLog; readonly functionLog: EngineLog } {
  return {
    log: { enabled: (level) => isEnabled(level, levels.engine), write: (entry) => host.log(entry) },
    functionLog: { enabled: (level) => isEnabled(level, levels.functions), write: (entry) => host.functionLog(entry) },
  };
}

function managementOf({ taskHub, keys, forwardedHost }: GuestSetup, host: GuestHost): HttpManagementOptions {
  const publicOrigin = () => host.publicOrigin;
  return { client: host.client, taskHub, connectionName: "Storage", basePath: DEFAULT_BASE_PATH, publicOrigin, keys, forwardedHost };
}

function clientOf({ maxJsonDepth }: GuestSetup, host: GuestHost, management: HttpManagementOptions): DurableClient {
  const answers = createHttpManagement(management);
  return createTypedClient({ client: host.client, codec: jsonCodec, maxJsonDepth, answers, now: () => host.now });
}

function infoOf(registry: FunctionRegistry): AppInfo {
  const { names, takenVersions, activityLimits } = registry;
  const versions = names.orchestrator.flatMap((name) => {
    const version = registry.versionOf(name);
    return version === null ? [] : [[name, version] as const];
  });
  const timeouts = registry.all("activity").flatMap(({ name, timeoutMs }) => (timeoutMs === null ? [] : [[name, timeoutMs] as const]));
  return {
    kind: "native",
    functions: names,
    versions: Object.fromEntries(versions),
    ...(takenVersions === undefined ? {} : { takenVersions }),
    activityLimits,
    activityTimeouts: Object.fromEntries(timeouts),
    http: registry.http.map(({ name, route, methods, authLevel }) => ({ name, route, methods, authLevel, streamed: false })),
    triggers: [],
    schedules: registry.schedules.map(({ spec }) => spec),
    hooks: (["start", "stop"] as const).filter((on) => registry.hooks.some((hook) => hook.on === on)),
    codeVersion: codeVersionOf(registry),
    notes: [],
  };
}
