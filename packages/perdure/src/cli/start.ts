import { fault } from "../errors/perdure-error.ts";
import type { RegisteredFunction } from "../functions/registry.ts";
import type { HttpServer } from "../http/index.ts";
import { installDeterministicGlobals } from "../replay/deterministic-globals.ts";
import type { Store } from "../store/contract.ts";
import { openStore } from "../task-hub/open-store.ts";
import type { TaskHubOptions } from "../task-hub/options.ts";
import type { TaskHub } from "../task-hub/task-hub.ts";
import type { ClosableLog } from "../telemetry/closable-log.ts";
import type { LogLevel } from "../telemetry/levels.ts";
import type { CommandIo } from "./command.ts";
import { entryFiles } from "./entry-files.ts";
import { loadApp } from "./load-app.ts";
import { BASE_PATH } from "./management-door.ts";
import { START_OPTIONS } from "./option-specs.ts";
import type { OptionValues } from "./options.ts";
import { parseCommandLine } from "./options.ts";
import { packageVersion } from "./package-version.ts";
import type { Started } from "./start-output.ts";
import { logStart, startText } from "./start-output.ts";
import { firstStopSignal } from "./stop-signals.ts";
import { storeUrl } from "./store-location.ts";

type StartOptions = OptionValues<typeof START_OPTIONS>;
type HttpRoom = typeof import("../http/index.ts");

interface Host {
  readonly hub: TaskHub;
  readonly server: HttpServer;
}

const DEFAULT_PORT = 7071;

/** Runs until the first stop signal, then drains. */
export async function startCommand(io: CommandIo): Promise<number> {
  const where = "perdure start";
  const { options, positionals } = parseCommandLine(where, START_OPTIONS, io.args, io.env);
  if (positionals.length > 1) throw fault("ARGUMENTS_WRONG", where, "[app]", positionals);
  const stopSignal = firstStopSignal(io);
  const { log, ready } = await openLog(io, options["log-level"] ?? "info");
  try {
    const { hub, server } = await openHost(io, options, positionals[0] ?? ".", log);
    const started = describeHost(hub, server);
    if (io.isTerminal && options["log-level"] !== "silent") io.out(startText(started));
    else logStart(log, started);
    await ready();
    const signal = await stopSignal;
    say(log, "host.draining", `${signal}: draining. A second signal exits at once.`);
    // Callers that wait for an instance are answered as long as it may still finish here; new connections are refused from now on.
    await Promise.all([server.close(), hub.close()]);
    say(log, "host.stopped", "Stopped.");
  } finally {
    log.flush();
  }
  // An app may hold timers or sockets of its own: they must not keep a drained host alive.
  io.exit(0);
  return 0;
}

/**
 * The store opens on its own thread while the app and the HTTP room are loaded here. The deterministic globals go in before any code of the
 * app runs, so that nothing can keep the real ones.
 */
async function openHost(io: CommandIo, options: StartOptions, app: string, log: ClosableLog): Promise<Host> {
  const files = entryFiles(app, io.cwd);
  const opening = openStore(storeUrl(options.store ?? "perdure.db"));
  opening.catch(() => {}); // seen below, or not of interest because the app could not be loaded
  installDeterministicGlobals();
  const closers: (() => Promise<void>)[] = [async () => (await opening).close()];
  try {
    const [functions, http, hubs] = await Promise.all([
      loadApp(app, files, io.cwd),
      import("../http/index.ts"),
      import("../task-hub/task-hub.ts"),
    ]);
    const hub = await hubs.TaskHub.open("", hubOptions(options, functions, log, await opening));
    closers.unshift(() => hub.close());
    const server = await serve(http, hub, options, log);
    closers.unshift(() => server.close({ timeoutMs: 0 }));
    await hub.start();
    return { hub, server };
  } catch (error) {
    // In turn, as one stands on the other; whatever they say, the first error is the one to show.
    for (const close of closers) await close().catch(() => {});
    throw error;
  }
}

function hubOptions(options: StartOptions, functions: readonly RegisteredFunction[], log: ClosableLog, store: Store): TaskHubOptions {
  const { key, port, retention } = options;
  return {
    functions,
    log,
    store,
    keys: key === undefined ? [] : [key],
    forwardedHost: options["forwarded-host"] ?? false,
    publicOrigin: `http://localhost:${port ?? DEFAULT_PORT}`,
    ...(options["task-hub"] === undefined ? {} : { name: options["task-hub"] }),
    ...(retention === undefined ? {} : { retention: { milliseconds: retention } }),
    ...(options["max-concurrent-activities"] === undefined ? {} : { maxConcurrentActivities: options["max-concurrent-activities"] }),
  };
}

function serve({ createHttpHandler, serveHttp }: HttpRoom, hub: TaskHub, options: StartOptions, log: ClosableLog): Promise<HttpServer> {
  const { cors, host, key, port } = options;
  const handler = createHttpHandler({
    client: hub.hubClient,
    functionClient: hub.client,
    taskHub: hub.name,
    httpFunctions: hub.registry.http,
    keys: key === undefined ? [] : [key],
    corsOrigins: cors === undefined ? [] : cors.split(",").map((origin) => origin.trim()),
    forwardedHost: options["forwarded-host"] ?? false,
    publicOrigin: `http://localhost:${port ?? DEFAULT_PORT}`,
    version: packageVersion(),
    log,
  });
  return serveHttp({ handler, port: port ?? DEFAULT_PORT, ...(host === undefined ? {} : { hostname: host }) });
}

function describeHost(hub: TaskHub, server: HttpServer): Started {
  return {
    version: packageVersion(),
    url: server.url,
    managementUrl: server.url + BASE_PATH,
    storeLocation: hub.store.location,
    names: hub.registry.names,
    http: hub.registry.http,
    milliseconds: performance.now(),
  };
}

/** `ready` is called once the host answers: what a cold start does not need is loaded then. */
async function openLog(io: CommandIo, level: LogLevel): Promise<{ readonly log: ClosableLog; readonly ready: () => Promise<void> }> {
  if (io.isTerminal) {
    const { peopleLog } = await import("../telemetry/people-log.ts");
    const colour = io.env.NO_COLOR === undefined;
    return { log: peopleLog({ level, colour, write: io.out, now: () => new Date() }), ready: async () => {} };
  }
  const { pinoLog } = await import("../telemetry/pino-log.ts");
  const log = pinoLog({ level, fd: 1 });
  return { log, ready: () => log.load() };
}

const say = (log: ClosableLog, event: string, message: string) => log.write({ level: "info", event, message, fields: {} });
