import { beginCall } from "../../app-threads/call-place.ts";
import type { AppInfo, Guest, GuestHost, GuestSetup } from "../../app-threads/guest.ts";
import { isBuiltIn } from "../../errors/built-in-names.ts";
import { fault } from "../../errors/perdure-error.ts";
import type { FunctionRegistry } from "../../functions/registry.ts";
import { DEFAULT_BASE_PATH } from "../../http/paths.ts";
import type { FunctionNames } from "../../model/function-kind.ts";
import { byKind } from "../../model/function-kind.ts";
import { HTTP_ACTIVITY } from "../../model/http-call.ts";
import { rangeOf } from "../../model/versions.ts";
import { loadCron } from "../../schedules/cron.ts";
import { isEnabled } from "../../telemetry/levels.ts";
import { FunctionBindings } from "../bindings/function-bindings.ts";
import { Activities } from "./activities.ts";
import type { BuiltIns } from "./built-ins.ts";
import { builtIns } from "./built-ins.ts";
import { clientPayload } from "./client-payload.ts";
import { FunctionLog } from "./function-log.ts";
import type { AzureGuestSettings } from "./guest-settings.ts";
import { azureGuestSettings } from "./guest-settings.ts";
import { Invocations } from "./invocations.ts";
import { Invoker } from "./invoker.ts";
import type { LoadedAzureApp } from "./load-azure-app.ts";
import { loadAzureApp } from "./load-azure-app.ts";
import { V3Payloads } from "./payloads.ts";
import { Timers } from "./timers.ts";
import type { V3Executor } from "./v3-executor.ts";
import { createV3Executor } from "./v3-executor.ts";
import type { V3Settings } from "./v3-function.ts";
import { v3Functions } from "./v3-functions.ts";
import { v3Replayer } from "./v3-replayer.ts";

interface Parts {
  readonly v3: V3Executor;
  readonly own: BuiltIns;
  readonly activities: Activities;
  readonly invocations: Invocations;
  /** What it holds open. */
  readonly release: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Runs an app that was written for Azure Functions, in its thread. */
export function createGuest(host: GuestHost): Guest {
  let loaded: Parts | null = null;
  const parts = (): Parts => {
    if (loaded === null) throw new TypeError("The app is not loaded.");
    return loaded;
  };
  const own = () => {
    beginCall();
    return parts().own.executor;
  };
  return {
    load: async (setup) => {
      const settings = azureGuestSettings(setup);
      const log = functionLog(setup, settings, host);
      const app = await loadAzureApp(setup.files, { ...settings, folder: setup.folder }, (level, _category, message) =>
        log.write("", level, "system", message, {}),
      );
      if (app.table.problems.length > 0) throw fault("APP_UNSUPPORTED", setup.app, app.table.problems);
      const made = await madeParts(app, setup, log, host);
      loaded = made.parts;
      return made.info;
    },
    runEpisode: (request) => (isBuiltIn(request.name) ? own().runEpisode(request) : parts().v3.runEpisode(request)),
    runActivity: (request) => (request.name === HTTP_ACTIVITY ? own().runActivity(request) : parts().activities.run(request)),
    runEntityBatch: (request) => parts().v3.runEntityBatch(request),
    invoke: (call) => parts().invocations.run(call),
    // What it has begun cannot be stopped; its answer is not taken.
    abortEpisode: (episode, reason) => {
      loaded?.v3.forget(episode.no);
      loaded?.own.executor.abortEpisode(episode, reason);
    },
    abortActivity: (task, reason) => {
      loaded?.activities.abort(task, reason);
      loaded?.own.executor.abortActivity(task, reason);
    },
    abortInvocation: (id) => loaded?.invocations.abort(id),
    forget: (no) => {
      loaded?.v3.forget(no);
      loaded?.own.executor.forget(no);
    },
    close: async () => loaded?.stop(),
  };
}

/** What a thread makes of an app that it has loaded. Rejects with what the app is refused for. */
async function madeParts(
  app: LoadedAzureApp,
  setup: GuestSetup,
  log: FunctionLog,
  host: GuestHost,
): Promise<{ readonly parts: Parts; readonly info: AppInfo }> {
  const parts = partsOf(app, setup, azureGuestSettings(setup), log, host);
  const { registry } = parts.own;
  await loadCron(registry.schedules.map(({ spec }) => spec));
  return { parts, info: infoOf(app, setup, registry) };
}

/** What a thread would tell of an app that was loaded, which it then does not run. Rejects as a start would. */
export async function toldOf(app: LoadedAzureApp, setup: GuestSetup): Promise<AppInfo> {
  const log = new FunctionLog({ default: "None" }, () => {});
  const nowhere = { publicOrigin: "", now: 0, log() {}, functionLog() {}, heartbeat() {} };
  const { parts, info } = await madeParts(app, setup, log, { ...nowhere, client: {} as GuestHost["client"] }); // nothing is asked of it
  await parts.release();
  return info;
}

function partsOf(
  { core, table, streamOrigin }: LoadedAzureApp,
  setup: GuestSetup,
  settings: AzureGuestSettings,
  log: FunctionLog,
  host: GuestHost,
): Parts {
  const client = (basePath = DEFAULT_BASE_PATH) =>
    clientPayload({ taskHub: setup.taskHub, origin: host.publicOrigin, basePath, key: setup.keys[0], rpcBaseUrl: settings.rpcBaseUrl });
  const { variables, queueEncoding, functionTimeoutMs: timeoutMs } = settings;
  const bindings = new FunctionBindings({ functions: table.functions, folder: setup.folder, variables, queueEncoding });
  const invoker = new Invoker({ core, log, client, bindings, timeoutMs });
  const timers = new Timers({ table, invoker, log, timeZone: variables.WEBSITE_TIME_ZONE });
  const replayer = v3Replayer(core, table);
  const v3 = createV3Executor({ functions: v3Functions(table, invoker), settings: v3Settings(setup, settings), replayer });
  const own = builtIns(timers, setup);
  const release = async () => {
    v3.close();
    await own.executor.close();
    await bindings.close();
  };
  return {
    v3,
    own,
    activities: new Activities({ table, timers, invoker, payloads: new V3Payloads(setup) }),
    invocations: new Invocations({ table, invoker, streamOrigin, replayer }),
    release,
    stop: async () => {
      await release();
      try {
        await core.hooks.run("appTerminate", { hookData: {}, appHookData: core.hooks.appData });
      } catch (error) {
        host.functionLog({
          level: "error",
          event: "hook.stop-failed",
          message: "A function of app.hook.appTerminate failed",
          fields: { error },
        });
      }
    },
  };
}

function v3Settings({ maxPayloadBytes, maxJsonDepth, versions }: GuestSetup, settings: AzureGuestSettings): Partial<V3Settings> {
  const { keepsCursors, maxActions, httpPollMs } = settings;
  return {
    keepsCursors,
    maxPayloadBytes,
    maxJsonDepth,
    versionOf: () => versions.defaultVersion,
    ...(maxActions === null ? {} : { maxActions }),
    ...(httpPollMs === null ? {} : { httpPollMs }),
  };
}

function functionLog({ levels }: GuestSetup, { logLevels }: AzureGuestSettings, host: GuestHost): FunctionLog {
  return new FunctionLog(logLevels, (entry) => {
    if (isEnabled(entry.level, levels.functions)) host.functionLog(entry);
  });
}

/** An app has one version, that of its settings; the code of each is told apart by the hash of its files, which those who start it take. */
function infoOf({ table, notes }: LoadedAzureApp, { versions }: GuestSetup, own: FunctionRegistry): AppInfo {
  const { names, http, triggers } = table;
  return {
    kind: "azure",
    functions: byKind((kind) => [...names[kind], ...own.names[kind]]),
    ...versionsOf(names, versions),
    activityLimits: {},
    activityTimeouts: {},
    http,
    triggers,
    schedules: own.schedules.map(({ spec }) => spec),
    hooks: [],
    codeVersion: "",
    notes,
  };
}

function versionsOf(
  { orchestrator }: FunctionNames,
  { defaultVersion, match }: GuestSetup["versions"],
): Pick<AppInfo, "versions" | "takenVersions"> {
  const versions = defaultVersion === null ? {} : Object.fromEntries(orchestrator.map((name) => [name, defaultVersion]));
  if (match === "None") return { versions };
  return { versions, takenVersions: Object.fromEntries(orchestrator.map((name) => [name, [rangeOf(defaultVersion, match)]])) };
}
