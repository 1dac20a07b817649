import { fault } from "../errors/perdure-error.ts";
import type { ClosableLog } from "../telemetry/closable-log.ts";
import type { CommandIo } from "./command.ts";
import { BASE_PATH } from "./management-door.ts";
import { openLog } from "./open-log.ts";
import { START_OPTIONS } from "./option-specs.ts";
import { parseCommandLine } from "./options.ts";
import { packageVersion } from "./package-version.ts";
import type { Host } from "./start-host.ts";
import { openHost } from "./start-host.ts";
import type { Started } from "./start-output.ts";
import { logStart, startText } from "./start-output.ts";
import { firstStopSignal } from "./stop-signals.ts";
import type { Workforce } from "./workforce.ts";
import { processesOf, workforceOf } from "./workforce.ts";

/** Runs until the first stop signal, then drains. */
export async function startCommand(io: CommandIo): Promise<number> {
  const where = "perdure start";
  const { options, positionals } = parseCommandLine(where, START_OPTIONS, io.args, io.env);
  if (positionals.length > 1) throw fault("ARGUMENTS_WRONG", where, "[app]", positionals);
  const workforce = workforceOf(where, options);
  let killWorkers = () => {};
  const stopSignal = firstStopSignal(io, () => killWorkers());
  const style = { people: io.isTerminal, colour: io.env.NO_COLOR === undefined };
  const { log, hubLog, ready } = await openLog({ ...style, write: io.out, fields: {} }, options);
  try {
    const host = await openHost({ io, options, app: positionals[0] ?? ".", workforce, style, log, hubLog });
    killWorkers = () => host.supervisor?.killAll();
    const started = describeHost(host, workforce);
    if (io.isTerminal && options["log-level"] !== "silent") io.out(startText(started));
    else logStart(log, started);
    await ready();
    const signal = await stopSignal;
    say(log, "host.draining", `${signal}: draining. A second signal exits at once.`);
    await host.close();
    say(log, "host.stopped", "Stopped.");
  } finally {
    log.flush();
  }
  // An app may hold timers or sockets of its own: they must not keep a drained host alive.
  io.exit(0);
  return 0;
}

function describeHost({ hub, server }: Host, workforce: Workforce): Started {
  return {
    version: packageVersion(),
    url: server.url,
    managementUrl: server.url + BASE_PATH,
    storeLocation: hub.store.location,
    workers: processesOf(workforce),
    names: hub.registry.names,
    http: hub.registry.http,
    milliseconds: performance.now(),
  };
}

const say = (log: ClosableLog, event: string, message: string) => log.write({ level: "info", event, message, fields: {} });
