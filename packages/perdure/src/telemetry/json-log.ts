import type { ClosableLog } from "./closable-log.ts";
import type { LogEntry } from "./engine-log.ts";
import type { LogLevel } from "./levels.ts";
import { isEnabled } from "./levels.ts";
import { LineWriter } from "./line-writer.ts";
import { errorStack, isError, readOne, valueText } from "./value-text.ts";

export interface JsonLogOptions {
  readonly level: LogLevel;
  /** File descriptor the lines go to: 1 is standard output. */
  readonly fd: number;
}

/** Structured lines, one JSON object each: `level, time, event`, the fields of the entry, `msg`. The names are those of pino (docs/decisions/0043). */
export function jsonLog(options: JsonLogOptions): ClosableLog {
  const out = new LineWriter(options.fd);
  return {
    enabled: (level) => isEnabled(level, options.level),
    write(entry) {
      if (isEnabled(entry.level, options.level)) out.write(jsonLine(entry, new Date()));
    },
    flush: () => out.flush(),
    passOn: (line) => out.write(`${line}\n`),
  };
}

/** A field that has no JSON (a cycle, a bigint, a getter that throws) is written as a string: it costs neither the line nor its other fields. */
export function jsonLine({ level, event, message, fields }: LogEntry, at: Date): string {
  let line = `{"level":"${level}","time":"${at.toISOString()}","event":${JSON.stringify(event)}`;
  for (const key of Object.keys(fields)) {
    const value = jsonField(readOne(fields, key));
    if (value !== undefined) line += `,${JSON.stringify(key)}:${value}`;
  }
  return `${line},"msg":${JSON.stringify(message)}}\n`;
}

function jsonField(value: unknown): string | undefined {
  try {
    return JSON.stringify(isError(value) ? errorFields(value, MAX_CAUSES) : value);
  } catch {
    return JSON.stringify(isError(value) ? { type: "Error", message: errorStack(value) } : valueText(value));
  }
}

/** A cause may lead back to its own error. */
const MAX_CAUSES = 8;

function errorFields(error: Error, causes: number): object {
  const { message } = error;
  const cause = isError(error.cause) ? (causes > 0 ? { cause: errorFields(error.cause, causes - 1) } : {}) : withoutCause(error);
  return { ...error, ...cause, type: error.name, message, stack: errorStack(error) };
}

const withoutCause = ({ cause }: Error): object => (cause === undefined ? {} : { cause });
