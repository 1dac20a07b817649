import { resolve } from "node:path";
import { within } from "../engine/time/within.ts";
import { fault } from "../errors/perdure-error.ts";
import { DEFAULT_BASE_PATH } from "../http/paths.ts";
import { realScheduler } from "../process/real-time.ts";
import { runAfter } from "../process/timers.ts";
import type { ClosableLog } from "../telemetry/closable-log.ts";
import { azureStart, enterAzureApp } from "./azure-options.ts";
import type { CommandIo } from "./command.ts";
import type { Development } from "./development.ts";
import { endAtOnce } from "./end-at-once.ts";
import type { Host } from "./host.ts";
import { checkReadKey } from "./host-console.ts";
import { routePrefixOf } from "./host-handler.ts";
import type { StartOptions } from "./hub-options.ts";
import { retentionOf } from "./hub-options.ts";
import { openLog } from "./open-log.ts";
import { START_OPTIONS } from "./option-specs.ts";
import { parseCommandLine, withoutRival } from "./options.ts";
import { packageVersion } from "./package-version.ts";
import { openHost } from "./start-host.ts";
import type { Started } from "./start-output.ts";
import { logStart, startText } from "./start-output.ts";
import type { StopSignal } from "./stop-signals.ts";
import { askToStop, exitCodeOf, firstStopSignal } from "./stop-signals.ts";
import { drainLimitMs } from "./supervisor/drain-limit.ts";
import type { Workforce } from "./workforce.ts";
import { processesOf, workforceOf } from "./workforce.ts";

const STILL_OPENING_MS = 1_000;
const LAST_WORDS_MS = 900;

/** A command that runs a host. */
export interface HostCommand {
  readonly where: string;
  readonly given: StartOptions;
  readonly positionals: readonly string[];
  /** Null: the app is not under development. */
  readonly development: Development | null;
}

export function startCommand(io: CommandIo): Promise<number> {
  const where = "perdure start";
  const line = parseCommandLine(where, START_OPTIONS, io.args, io.env);
  return runHost(io, { where, given: withoutRival(line, "workers", "no-worker"), positionals: line.positionals, development: null });
}

/** Runs until the first stop signal, then drains. */
export async function runHost(io: CommandIo, { where, given, positionals, development }: HostCommand): Promise<number> {
  if (positionals.length > 1) throw fault("ARGUMENTS_WRONG", where, "[app]", positionals);
  const azure = await azureStart(positionals[0] ?? ".", given, io);
  const options = azure?.options ?? given;
  const workforce = workforceOf(where, options);
  checkReadKey(where, options);
  let killWorkers = () => {};
  const stopSignal = firstStopSignal(() => killWorkers());
  const style = { people: io.isTerminal && options.json !== true, colour: io.env.NO_COLOR === undefined };
  const { log, hubLog } = await openLog({ ...style, write: io.out, fields: {} }, options);
  try {
    if (azure !== null) enterAzureApp(azure.app);
    const app = azure?.app.manifest.folder ?? positionals[0] ?? ".";
    const opening = openHost({ io, options, app, workforce, style, log, hubLog, azure: azure?.app ?? null, development });
    await Promise.race([opening, stopSignal.then((signal) => openedYet(log, opening, signal))]);
    const host = await opening;
    killWorkers = () => host.supervisor?.killAll();
    const started = {
      ...describeHost(host, workforce),
      routePrefix: routePrefixOf(azure?.app ?? null),
      retention: retentionOf(options).retention,
    };
    if (style.people && options["log-level"] !== "silent") io.out(startText(started));
    else logStart(log, started);
    const keyboard = style.people ? io.keyboard : null;
    const running = { host, options, app: resolve(io.cwd, app), azure: azure?.app ?? null, log, people: style.people, keyboard };
    development?.begin({ ...running, consoleUrl: started.consoleUrl, stop: askToStop });
    const signal = await stopSignal;
    say(log, "host.draining", `${signal}: draining. A second signal exits at once.`);
    runAfter(drainLimitMs(options) + LAST_WORDS_MS, () => endAtOnce(1), false);
    await development?.close();
    await host.close();
    say(log, "host.stopped", "Stopped.");
    if (!host.hub.isStoreClosed) endAtOnce(0);
  } finally {
    log.flush();
  }
  // An app may hold timers or sockets of its own: they must not keep a drained host alive.
  io.exit(0);
  return 0;
}

/** A signal before the host is up: it may be waiting for its store. */
async function openedYet(log: ClosableLog, opening: Promise<unknown>, signal: StopSignal): Promise<void> {
  const { kind } = await within(realScheduler(false), STILL_OPENING_MS, opening);
  if (kind !== "late") return;
  say(log, "host.stopped", `${signal}: stopped before it had started.`);
  log.flush();
  endAtOnce(exitCodeOf(signal));
}

function describeHost({ hub, server, app, console: page }: Host, workforce: Workforce): Omit<Started, "retention" | "routePrefix"> {
  return {
    version: packageVersion(),
    url: server.url,
    managementUrl: server.url + DEFAULT_BASE_PATH,
    consoleUrl: page === null ? null : `${server.url}${page.path}/`,
    storeLocation: hub.store.location,
    workers: processesOf(workforce),
    names: hub.registry.names,
    orchestrators: hub.registry.all("orchestrator"),
    http: hub.registry.http,
    schedules: [...hub.registry.schedules, ...app.intervals.map((spec) => ({ name: spec.name, spec }))],
    milliseconds: performance.now(),
  };
}

const say = (log: ClosableLog, event: string, message: string) => log.write({ level: "info", event, message, fields: {} });
