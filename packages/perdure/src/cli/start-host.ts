import type { AzureApp } from "../azure/azure-app.ts";
import type { Readiness } from "../http/index.ts";
import { installDeterministicGlobals } from "../replay/globals/deterministic-globals.ts";
import { storeOpener } from "../task-hub/open-store.ts";
import type { TaskHub } from "../task-hub/task-hub.ts";
import type { ClosableLog } from "../telemetry/closable-log.ts";
import { entryFiles } from "./entry-files.ts";
import type { Host } from "./host.ts";
import { consoleOf } from "./host-console.ts";
import type { HttpRoom } from "./host-handler.ts";
import { handlerOf } from "./host-handler.ts";
import type { HostParts } from "./host-parts.ts";
import { HostRoutes } from "./host-routes.ts";
import { hubOptions, openTimeoutOf, storeOf } from "./hub-options.ts";
import { hubWith } from "./hub-with-routes.ts";
import { serveMetrics } from "./metrics-listener.ts";
import { BARE_APP, openApp, startWorker, stopTriggers } from "./open-app.ts";
import { drainLimitMs } from "./supervisor/drain-limit.ts";
import type { Supervisor } from "./supervisor/supervisor.ts";
import { tracesOf } from "./traces-options.ts";

const DEFAULT_PORT = 7071;

/**
 * The store opens on its own thread, begun before anything else, while the app and the HTTP room are loaded here. The deterministic globals go
 * in before any code of the app runs, so that nothing can keep the real ones.
 *
 * With worker processes this one is a pure client that serves HTTP and runs client functions alone: what orchestrators and activities do,
 * up to the end of their process, never closes the door. A child that served in its place would take the port, and every caller who waits
 * for an answer, with it when it dies; a port shared by all children would cut those of one.
 */
export async function openHost(parts: HostParts): Promise<Host> {
  const { io, options, app, workforce, log, hubLog, azure } = parts;
  const files = azure === null ? entryFiles(app, io.cwd) : await builtFiles(azure, log);
  // Without a worker there may be nothing but the management API to serve.
  const isBare = workforce.kind === "none" && files.length === 0;
  const open = await storeOpener(storeOf(options), { log, openTimeoutMs: openTimeoutOf(options) });
  const opening = open();
  opening.catch(() => {}); // seen below, or not of interest because the app could not be loaded
  installDeterministicGlobals();
  const closers: (() => Promise<void>)[] = [async () => (await opening).close()];
  try {
    const [loaded, http, hubs] = await Promise.all([
      isBare ? BARE_APP : openApp({ app, files, cwd: io.cwd, options, env: io.env, hubLog, publicOrigin: null, azure }),
      import("../http/index.ts"),
      import("../task-hub/task-hub.ts"),
    ]);
    closers.push(() => loaded.close()); // after its hub
    closers.unshift(async () => loaded.triggers?.stop());
    const origin = { url: "" };
    const publicOrigin = () => origin.url;
    const { functions, executor, codeVersion } = loaded;
    const worker = workforce.kind === "here" ? { codeVersion, ...(executor === undefined ? {} : { executor }) } : {};
    const store = parts.development?.watch(await opening) ?? (await opening);
    const around = { functions, log: hubLog, store, publicOrigin, engine: azure?.engine ?? {}, ...tracesOf(options, io.env), ...worker };
    const hub = await hubs.TaskHub.open("", hubOptions(options, around));
    loaded.connect(hub);
    closers.unshift(() => hub.close());
    const progress: Progress = { isUp: false, supervisor: null };
    const { server, routes, console: page } = await serve(http, hub, parts, readinessOf(hub, progress));
    origin.url = server.url;
    loaded.originIs(server.url);
    closers.unshift(() => server.close({ timeoutMs: 0 }));
    const metrics = await serveMetrics(http, hub, options);
    if (metrics !== null) closers.unshift(() => metrics.close({ timeoutMs: 0 }));
    const supervisor = workforce.kind === "processes" ? await supervise(parts, workforce.count, files, server.url) : null;
    progress.supervisor = supervisor;
    if (supervisor !== null) hub.metrics?.alsoFrom(() => supervisor.counted());
    if (supervisor !== null) closers.unshift(() => supervisor.stop());
    await (workforce.kind === "here" ? startWorker(hub, loaded) : hub.startHooks());
    await supervisor?.start();
    for (const name of loaded.runAtStart) await hub.schedules.trigger(name);
    progress.isUp = true;
    const host = { hub, server, metrics, supervisor, app: loaded, store, routes, console: page };
    return { ...host, close: () => closeHost(host, drainLimitMs(options)).finally(() => loaded.close()) };
  } catch (error) {
    // In turn, as one stands on the other; whatever they say, the first error is the one to show.
    for (const close of closers) await close().catch(() => {});
    throw error;
  }
}

/** Callers that wait for an instance are answered as long as it may still finish here; new connections are refused from now on. */
async function closeHost({ hub, server, metrics, supervisor, app }: Omit<Host, "close">, limitMs: number): Promise<void> {
  hub.announceClose();
  const closing = Promise.all([server.close({ timeoutMs: limitMs }), stopTriggers(app, limitMs)]);
  const over = performance.now() + limitMs;
  await supervisor?.stop();
  await Promise.all([
    closing,
    metrics?.close({ timeoutMs: 0 }),
    supervisor === null ? hub.closeAfter(closing) : hub.closeAfter(closing, Math.max(0, over - performance.now())),
  ]);
}

async function supervise(parts: HostParts, count: number, files: readonly string[], publicOrigin: string): Promise<Supervisor> {
  const { makeSupervisor } = await import("./supervisor/make-supervisor.ts");
  const { io, options, app, style, log } = parts;
  return makeSupervisor({ count, setup: { app, files, options, publicOrigin, style }, log, err: io.err });
}

interface Progress {
  isUp: boolean;
  supervisor: Supervisor | null;
}

/** The port is open before the worker has joined, and a process that drains its workers takes no new work. */
const readinessOf = (hub: TaskHub, progress: Progress) => async (): Promise<Readiness> => {
  const { isUp, supervisor } = progress;
  if (!isUp) return "starting";
  if (supervisor?.isStopping === true) return "draining";
  return supervisor?.hasReadyWorker === false ? "starting" : hub.readiness();
};

async function serve(
  room: HttpRoom,
  hub: TaskHub,
  parts: HostParts,
  readiness: () => Promise<Readiness>,
): Promise<Pick<Host, "server" | "routes" | "console">> {
  const { options, azure } = parts;
  const { host, port } = options;
  const page = consoleOf(hub, parts, () => routes.http);
  const mounts = page === null ? [] : [page];
  const routes = await HostRoutes.open((http, of) => handlerOf(room, hubWith(hub, http), of, { readiness, mounts }), hub.registry.http, {
    options,
    azure,
  });
  const server = await room.serveHttp({
    handler: routes.handler,
    port: port ?? DEFAULT_PORT,
    ...(host === undefined ? {} : { hostname: host }),
  });
  return { server, routes, console: page };
}

/** What of the app's settings has no effect is said once, and so is a build. */
async function builtFiles({ manifest, settings }: AzureApp, log: ClosableLog): Promise<readonly string[]> {
  const { builtEntryPoints } = await import("../azure/azure-app.ts");
  const warn = (message: string) => log.write({ level: "warn", event: "app.setting", message, fields: {} });
  for (const warning of settings.warnings) warn(warning);
  return builtEntryPoints(manifest, (why) =>
    log.write({ level: "info", event: "app.building", message: `Building the app, since ${why}.`, fields: {} }),
  );
}
