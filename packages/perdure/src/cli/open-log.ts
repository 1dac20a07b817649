import type { ClosableLog } from "../telemetry/closable-log.ts";
import type { LogLevel } from "../telemetry/levels.ts";
import { isEnabled, LOG_LEVELS } from "../telemetry/levels.ts";
import type { LogOptions } from "../telemetry/log-option.ts";
import { safeLog } from "../telemetry/safe-log.ts";

/** `people`: lines for a terminal, else one JSON object a line. */
export interface LogStyle {
  readonly people: boolean;
  readonly colour: boolean;
}

export interface LogTarget extends LogStyle {
  readonly write: (text: string) => void;
  /** Part of every structured entry; on a terminal the line itself says it. */
  readonly fields: { readonly [key: string]: unknown };
}

export interface LogLevels {
  readonly "log-level"?: LogLevel | undefined;
  readonly "function-log-level"?: LogLevel | undefined;
}

export interface OpenLog {
  /** What the host itself says. */
  readonly log: ClosableLog;
  /** What the hub writes to the same place. */
  readonly hubLog: LogOptions;
  /** To be called once the host answers: what a cold start does not need is loaded then. */
  readonly ready: () => Promise<void>;
}

export async function openLog(target: LogTarget, options: LogLevels): Promise<OpenLog> {
  const engine = options["log-level"] ?? "info";
  const functions = options["function-log-level"] ?? engine;
  const { log: sink, ready } = await openSink(target, LOG_LEVELS.indexOf(engine) < LOG_LEVELS.indexOf(functions) ? engine : functions);
  return { log: hostLog(sink, engine), hubLog: { engine, functions, to: sink }, ready };
}

async function openSink({ people, colour, write, fields }: LogTarget, level: LogLevel): Promise<Pick<OpenLog, "log" | "ready">> {
  if (people) {
    const { peopleLog } = await import("../telemetry/people-log.ts");
    return { log: peopleLog({ level, colour, write, now: () => new Date() }), ready: async () => {} };
  }
  const { pinoLog } = await import("../telemetry/pino-log.ts");
  const log = pinoLog({ level, fd: 1 });
  const numbered: ClosableLog = { ...log, write: (entry) => log.write({ ...entry, fields: { ...fields, ...entry.fields } }) };
  return { log: Object.keys(fields).length === 0 ? log : numbered, ready: () => log.load() };
}

/** Standard output that cannot be written to (its reader is gone, its disk is full) ends no host, and keeps none from ending. */
function hostLog(sink: ClosableLog, least: LogLevel): ClosableLog {
  const { enabled, write } = safeLog(sink);
  const attempt = (action: () => void) => {
    try {
      action();
    } catch {
      // The line is lost.
    }
  };
  return {
    enabled: (level) => isEnabled(level, least) && enabled(level),
    write: (entry) => {
      if (isEnabled(entry.level, least)) write(entry);
    },
    flush: () => attempt(() => sink.flush()),
    passOn: (line) => attempt(() => sink.passOn(line)),
  };
}
