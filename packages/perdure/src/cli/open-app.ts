import { appFunctions } from "../app-threads/app-functions.ts";
import type { AppThreads, Reload } from "../app-threads/app-threads.ts";
import type { AppInfo, GuestSetup } from "../app-threads/guest.ts";
import type { SourceLine } from "../app-threads/held-line.ts";
import { loadApp } from "../app-threads/load-app.ts";
import type { AzureApp } from "../azure/azure-app.ts";
import { INTERVAL_TIMER, intervalSpecs } from "../azure/interval-timers.ts";
import type { Triggers } from "../azure/triggers/triggers.ts";
import { defineSchedules } from "../client/schedules.ts";
import { within } from "../engine/time/within.ts";
import { fault } from "../errors/perdure-error.ts";
import { wrapExecutor } from "../executors/wrap-executor.ts";
import type { RegisteredFunction } from "../functions/registry.ts";
import type { Executor } from "../model/executor.ts";
import { jsonCodec } from "../model/payload.ts";
import { realScheduler } from "../process/real-time.ts";
import type { ScheduleSpec } from "../schedules/spec.ts";
import type { TaskHub } from "../task-hub/task-hub.ts";
import { parseLogOption } from "../telemetry/log-option.ts";
import { workerEntry } from "../worker-entry.ts";
import { codeVersion } from "./code-version.ts";
import type { AppParts } from "./guest-setup.ts";
import { DEFAULT_TASK_HUB, guestSetup } from "./guest-setup.ts";
import type { StartOptions } from "./hub-options.ts";

/** The app of a host, wherever its code runs. */
export interface OpenApp {
  readonly functions: readonly RegisteredFunction[];
  /** Absent: this thread. */
  readonly executor?: Executor;
  readonly codeVersion: string;
  /** Timers that the hub does not know of: their times are no patterns of cron. */
  readonly intervals: readonly ScheduleSpec[];
  /** Names of timers that run once at each start of a host. */
  readonly runAtStart: readonly string[];
  /** What calls its functions for messages and blobs; null: nothing does. */
  readonly triggers: Triggers | null;
  /** Null: it runs in this process, and is loaded once. */
  readonly again: AppAgain | null;
  /** Its hub is open: what its code asks of the hub goes there. */
  connect(hub: TaskHub): void;
  /** The origin of management URLs is known. */
  originIs(url: string): void;
  /** After its hub. */
  close(): Promise<void>;
}

/** An app as its files are now. */
export interface NextApp extends Pick<GuestSetup, "files"> {
  /** Null: it is a native one. */
  readonly azure: AzureApp | null;
}

/** An app on threads, which can be loaded again. */
export interface AppAgain {
  readonly threads: AppThreads;
  reload(next: NextApp, options: Pick<Reload, "accepts" | "signal">): Promise<AppInfo>;
  functions(info: AppInfo, azure: AzureApp | null): readonly RegisteredFunction[];
  /** Throws when a client or a connection is missing. */
  triggers(info: AppInfo, azure: AzureApp | null): Promise<Triggers | null>;
}

const nothing = () => {};

/** Of a host that serves the management API alone. */
export const BARE_APP: OpenApp = {
  functions: [],
  codeVersion: "",
  intervals: [],
  runAtStart: [],
  triggers: null,
  again: null,
  connect: nothing,
  originIs: nothing,
  close: () => Promise.resolve(),
};

const DEFAULT_THREADS = 1;
const MOST_THREADS = 64;
/** As on Azure. */
const FUNCTION_TIMEOUT_MS = 30 * 60_000;

/** Threads that run the app; 0: this one does. The number of processes that Azure is told counts as threads. */
export function threadsOf({ "app-threads": threads }: StartOptions, env: NodeJS.ProcessEnv): number {
  if (threads !== undefined) return threads;
  const processes = Number(env.FUNCTIONS_WORKER_PROCESS_COUNT);
  return Number.isSafeInteger(processes) && processes >= 1 ? Math.min(processes, MOST_THREADS) : DEFAULT_THREADS;
}

/** Takes no more, and waits for what was called, but no longer than this. */
export async function stopTriggers({ triggers }: OpenApp, limitMs: number): Promise<void> {
  if (triggers !== null) await within(realScheduler(false), limitMs, triggers.stop());
}

/** Starts the worker of the hub, with what its app has beside functions. */
export async function startWorker(hub: TaskHub, { intervals, triggers }: OpenApp): Promise<void> {
  const define = () => defineSchedules({ client: hub.hubClient, codec: jsonCodec }, intervals, INTERVAL_TIMER);
  // Before the worker takes up what is due, as schedules are; where the store is away, afterwards.
  const areDefined = await define().then(
    () => true,
    () => false,
  );
  await hub.start();
  if (!areDefined) await define();
  triggers?.start();
}

/** Loads the app: on threads of its own, or in this process. */
export async function openApp(parts: AppParts): Promise<OpenApp> {
  const { app, files, cwd, options, env, azure } = parts;
  const count = threadsOf(options, azure?.settings.environment ?? env);
  if (count === 0 && options.isolation === "process")
    throw fault(
      "OPTION_INVALID",
      "perdure start",
      "--isolation",
      "process",
      "--app-threads 1 or more with it: with 0 the host itself runs the app",
    );
  if (azure !== null) return openAzureApp(parts, azure, count);
  if (count === 0) {
    const functions = await loadApp(app, files, cwd);
    return { ...BARE_APP, functions, codeVersion: codeVersion(options, app, cwd, functions) };
  }
  return onThreads(parts, await startThreads(parts, count, { guest: workerEntry(import.meta.url, "../app-threads/native-guest").href }));
}

/** Its library calls the hub back, at an address of its own. */
async function openAzureApp(parts: AppParts, azure: AzureApp, count: number): Promise<OpenApp> {
  if (count === 0) throw fault("OPTION_INVALID", "perdure start", "--app-threads", 0, "1 or more: an Azure app runs on threads of its own");
  const [{ openAzureRpc }, { limitedFunctions }] = await Promise.all([import("./azure-rpc.ts"), import("../azure/http/request-gate.ts")]);
  const rpc = await openAzureRpc(azure.http);
  const guest = workerEntry(import.meta.url, "../azure/guest/azure-guest").href;
  const more = { ...azure.guest, rpcBaseUrl: rpc.baseUrl };
  try {
    const sourceLine: SourceLine = async (file, line) =>
      (await import("../azure/guest/typescript/source-line.ts")).sourceLine(azure.manifest.folder, file, line);
    const threads = await startThreads(parts, count, { guest, more }, sourceLine);
    const opened = onThreads(parts, threads);
    const again: AppAgain = {
      threads,
      reload: (next, options) => threads.reload({ files: next.files, more: { ...more, ...next.azure?.guest }, ...options }),
      functions: (info, now) => limitedFunctions(appFunctions(threads, info), (now ?? azure).http.limits),
      triggers: (info, now) => openTriggers(parts, now ?? azure, threads, info),
    };
    const triggers = await again.triggers(threads.info, azure).catch(async (error: unknown) => {
      await threads.close();
      throw error;
    });
    return {
      ...opened,
      functions: limitedFunctions(opened.functions, azure.http.limits),
      triggers,
      again,
      connect: (hub) => {
        rpc.connect(hub);
        opened.connect(hub);
      },
      close: () => opened.close().finally(() => rpc.close()),
    };
  } catch (error) {
    await rpc.close();
    throw error;
  }
}

/** Loaded only where an app has some. Throws when a client or a connection is missing. */
async function openTriggers(
  { options, hubLog }: AppParts,
  { manifest, settings }: AzureApp,
  threads: AppThreads,
  info: AppInfo,
): Promise<Triggers | null> {
  const specs = info.triggers.filter(({ kind }) => kind !== "timer");
  if (specs.length === 0) return null;
  const [{ createTriggers }, { triggerSettings }] = await Promise.all([
    import("../azure/triggers/triggers.ts"),
    import("../azure/triggers/trigger-settings.ts"),
  ]);
  const { log } = parseLogOption("perdure start", hubLog);
  return createTriggers({
    ...{ specs, log, folder: manifest.folder, variables: settings.environment, settings: triggerSettings(settings.host) },
    taskHub: options["task-hub"] ?? DEFAULT_TASK_HUB,
    invoke: (call) => threads.invoke(call),
  });
}

function onThreads({ app, cwd, options }: AppParts, threads: AppThreads): OpenApp {
  const functions = appFunctions(threads);
  return {
    functions,
    // The hub closes its executor while requests may still be answered, and before what the app does at its stop.
    executor: wrapExecutor(threads, { close: async () => threads.drain() }),
    codeVersion: codeVersion(options, app, cwd, functions, [threads.info.codeVersion]),
    intervals: intervalSpecs(threads.info.triggers),
    runAtStart: threads.info.triggers.flatMap((one) => (one.kind === "timer" && one.runOnStartup ? [one.name] : [])),
    triggers: null,
    again: {
      threads,
      reload: ({ files }, options) => threads.reload({ files, ...options }),
      functions: (info) => appFunctions(threads, info),
      triggers: () => Promise.resolve(null),
    },
    connect: (hub) => threads.connect({ client: hub.hubClient, now: () => hub.now }),
    originIs: (url) => threads.originIs(url),
    close: () => threads.close(),
  };
}

async function startThreads(
  parts: AppParts,
  threads: number,
  kind: Pick<GuestSetup, "guest" | "more">,
  sourceLine?: SourceLine,
): Promise<AppThreads> {
  const { options, hubLog, azure } = parts;
  const { startAppThreads } = await import("../app-threads/start-app-threads.ts");
  const logs = parseLogOption("perdure start", hubLog);
  const started = await startAppThreads({
    setup: guestSetup(parts, kind),
    threads,
    isolation: options.isolation ?? "thread",
    memoryMb: options["app-memory"] ?? null,
    functionTimeoutMs: azure === null ? FUNCTION_TIMEOUT_MS : (azure.guest.functionTimeoutMs ?? Number.POSITIVE_INFINITY),
    ...(sourceLine === undefined ? {} : { sourceLine }),
    ...logs,
  });
  for (const note of started.info.notes) logs.log.write({ level: "info", event: "app.note", message: note, fields: {} });
  return started;
}
