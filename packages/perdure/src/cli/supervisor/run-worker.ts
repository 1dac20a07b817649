import { url as debuggerUrl } from "node:inspector";
import { resolve } from "node:path";
import { Worker } from "node:worker_threads";
import type { AzureApp } from "../../azure/azure-app.ts";
import { isAzureApp } from "../../azure/recognise.ts";
import { DEFAULT_WORKER_SETTINGS } from "../../engine/options.ts";
import { runAfter } from "../../process/timers.ts";
import { installDeterministicGlobals } from "../../replay/globals/deterministic-globals.ts";
import { storeOpener } from "../../task-hub/open-store.ts";
import type { TaskHub } from "../../task-hub/task-hub.ts";
import type { ClosableLog } from "../../telemetry/closable-log.ts";
import type { LogOptions } from "../../telemetry/log-option.ts";
import { workerEntry } from "../../worker-entry.ts";
import { endAtOnce } from "../end-at-once.ts";
import { errorText } from "../error-text.ts";
import { hubOptions, openTimeoutOf, storeOf } from "../hub-options.ts";
import type { OpenApp } from "../open-app.ts";
import { openApp, startWorker, stopTriggers } from "../open-app.ts";
import { openLog } from "../open-log.ts";
import { tracesOf } from "../traces-options.ts";
import { drainLimitMs } from "./drain-limit.ts";
import type { FromWorker, ToWorker, WorkerSetup } from "./messages.ts";
import type { ProcessWatch } from "./process-watch.ts";

const EXIT_SIGTERM = 143;
/**
 * Two leases: whatever comes of it, others have taken over long before. A function that computes for this long without an await runs in no fleet
 * anyway, since its worker is dead for the others before it ends.
 */
const TURN_LIMIT_MS = 2 * DEFAULT_WORKER_SETTINGS.leaseMs;
const TURN_EVERY_MS = 500;

/**
 * A worker process of `perdure start --workers`: runs orchestrators and activities, serves nothing. It drains and ends when its parent says so,
 * when its parent is gone (the channel closes, however that happened), or at a SIGTERM of its own, which recycles it alone. SIGINT is left to
 * the parent: Ctrl+C reaches every process of the terminal.
 */
export async function runWorker(): Promise<void> {
  const stop = stopReason();
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {}); // nothing reads it: the parent is gone
  const setup = await Promise.race([firstSetup(), stop]);
  if (typeof setup === "string") process.exit(0);
  const style = { ...setup.style, write: (text: string) => process.stdout.write(text), fields: { workerNumber: setup.number } };
  const { log, hubLog } = await openLog(style, setup.options);
  try {
    const { hub, app } = await openWorker(setup, log, hubLog);
    tell({ kind: "ready" });
    process.on("message", ({ kind }: ToWorker) => {
      if (kind === "count") tell({ kind: "counted", counted: hub.metrics?.counted() ?? [] });
    });
    const limitMs = drainLimitMs(setup.options);
    watchProcess(limitMs);
    const why = await stop;
    tell({ kind: "draining" });
    log.write({ level: "info", event: "worker-process.draining", message: `${why}: draining.`, fields: {} });
    runAfter(limitMs, () => endAtOnce(1), false);
    await hub.closeAfter(stopTriggers(app, limitMs));
    await app.close();
    if (!hub.isStoreClosed) endAtOnce(0);
  } catch (error) {
    process.stderr.write(errorText(error));
    process.exitCode = 1;
  }
  log.flush();
  // An app may hold timers or sockets of its own: they must not keep a drained process alive.
  process.exit();
}

interface OpenWorker {
  readonly hub: TaskHub;
  readonly app: OpenApp;
}

async function openWorker(setup: WorkerSetup, log: ClosableLog, hubLog: LogOptions): Promise<OpenWorker> {
  const { app, files, options, publicOrigin } = setup;
  const azure = await azureApp(resolve(app), options.port ?? null);
  const open = await storeOpener(storeOf(options), { log, openTimeoutMs: openTimeoutOf(options) });
  const opening = open();
  opening.catch(() => {}); // seen below, or not of interest because the app could not be loaded
  installDeterministicGlobals();
  const [loaded, { TaskHub }] = await Promise.all([
    openApp({ app, files, cwd: process.cwd(), options, env: process.env, hubLog, publicOrigin, azure }),
    import("../../task-hub/task-hub.ts"),
  ]);
  const { functions, executor, codeVersion } = loaded;
  const around = {
    functions,
    log: hubLog,
    store: await opening,
    publicOrigin,
    engine: azure?.engine ?? {},
    codeVersion,
    ...tracesOf(options, process.env),
    ...(executor === undefined ? {} : { executor }),
  };
  const hub = await TaskHub.open("", hubOptions(options, around));
  loaded.connect(hub);
  await startWorker(hub, loaded);
  return { hub, app: loaded };
}

/** Null: the app is another one. The parent has its settings in the environment, and has changed the folder. */
async function azureApp(folder: string, port: number | null): Promise<AzureApp | null> {
  if (!isAzureApp(folder)) return null;
  const { readAzureApp } = await import("../../azure/azure-app.ts");
  return readAzureApp(folder, { environment: process.env, port });
}

/** Off the path of the start; it keeps no process alive. */
function watchProcess(limitMs: number): void {
  const turns = new Int32Array(new SharedArrayBuffer(4));
  let count = 0;
  const turn = () => {
    count += 1;
    Atomics.store(turns, 0, debuggerUrl() === undefined ? count : -count);
  };
  setInterval(turn, TURN_EVERY_MS).unref();
  const workerData: ProcessWatch = { parent: process.ppid, drainLimitMs: limitMs, turns, turnLimitMs: TURN_LIMIT_MS };
  new Worker(workerEntry(import.meta.url, "./process-watch"), { workerData, name: "perdure-process-watch", execArgv: [] }).unref();
}

function firstSetup(): Promise<WorkerSetup> {
  return new Promise((resolve) => {
    process.on("message", (message: ToWorker) => {
      if (message.kind === "setup") resolve(message);
    });
  });
}

/** Resolves with the reason, in words, once this process has to end. */
function stopReason(): Promise<string> {
  return new Promise((resolve) => {
    let terminated = false;
    process.on("disconnect", () => resolve("The parent process is gone"));
    process.on("message", (message: ToWorker) => {
      if (message.kind === "drain") resolve("The host stops");
    });
    process.on("SIGINT", () => {});
    process.on("SIGTERM", () => {
      if (terminated) endAtOnce(EXIT_SIGTERM);
      terminated = true;
      resolve("SIGTERM");
    });
  });
}

function tell(message: FromWorker): void {
  process.send?.(message, undefined, undefined, () => {});
}
