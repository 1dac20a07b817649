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
}

export async function openLog(target: LogTarget, options: LogLevels): Promise<OpenLog> {
  const engine = options["log-level"] ?? "info";
  const functions = options["function-log-level"] ?? engine;
  const sink = await openSink(target, LOG_LEVELS.indexOf(engine) < LOG_LEVELS.indexOf(functions) ? engine : functions);
  return { log: hostLog(sink, engine), hubLog: { engine, functions, to: sink } };
}

async function openSink({ people, colour, write, fields }: LogTarget, level: LogLevel): Promise<ClosableLog> {
  if (people) {
    const { peopleLog } = await import("../telemetry/people-log.ts");
    return peopleLog({ level, colour, write, now: () => new Date() });
  }
  const { jsonLog } = await import("../telemetry/json-log.ts");
  const log = jsonLog({ level, fd: 1 });
  if (Object.keys(fields).length === 0) return log;
  return { ...log, write: (entry) => log.write({ ...entry, fields: { ...fields, ...entry.fields } }) };
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
