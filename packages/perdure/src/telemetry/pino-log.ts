import type { ClosableLog } from "./closable-log.ts";
import type { LogEntry } from "./engine-log.ts";
import type { LogLevel } from "./levels.ts";
import { isEnabled } from "./levels.ts";
import { LineWriter } from "./line-writer.ts";
import { isError, textFields } from "./value-text.ts";

export interface PinoLogOptions {
  readonly level: LogLevel;
  /** File descriptor the lines go to: 1 is standard output. */
  readonly fd: number;
}

interface Sink {
  readonly write: (entry: LogEntry, at: number) => void;
  readonly passOn: (line: string) => void;
  readonly flush: () => void;
}
type Waiting = { readonly entry: LogEntry; readonly at: number } | { readonly line: string };

/**
 * Structured lines, one JSON object each: `level, time, event, msg` and the fields of the entry.
 *
 * Pino itself is loaded on first need and off the path of a cold start: entries written before it is there wait in a list, each with
 * the time at which it happened.
 */
export function pinoLog(options: PinoLogOptions): ClosableLog & { load(): Promise<void> } {
  const waiting: Waiting[] = [];
  const out = new LineWriter(options.fd);
  let sink: Sink = {
    write: (entry, at) => waiting.push({ entry, at }),
    passOn: (line) => waiting.push({ line }),
    flush: () => {
      for (const one of waiting.splice(0)) out.write("line" in one ? `${one.line}\n` : bareLine(one.entry, one.at));
      out.flush();
    },
  };
  let loading: Promise<void> | null = null;

  const load = async (): Promise<void> => {
    sink = await openPino(options, out);
    for (const one of waiting.splice(0)) {
      if ("line" in one) sink.passOn(one.line);
      else sink.write(one.entry, one.at);
    }
  };

  return {
    enabled: (level) => isEnabled(level, options.level),
    write(entry) {
      if (isEnabled(entry.level, options.level)) sink.write(entry, Date.now());
    },
    flush: () => sink.flush(),
    passOn: (line) => sink.passOn(line),
    load() {
      loading ??= load();
      return loading;
    },
  };
}

async function openPino(options: PinoLogOptions, out: LineWriter): Promise<Sink> {
  const { pino, stdSerializers } = await import("pino");
  const logger = pino(
    {
      base: null,
      level: options.level,
      timestamp: false,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.err },
    },
    out,
  );
  const write = ({ level, event, message }: LogEntry, fields: LogEntry["fields"], at: number) =>
    logger[level]({ time: new Date(at).toISOString(), event, ...fields }, message);
  return {
    write(entry, at) {
      try {
        write(entry, entry.fields, at);
      } catch {
        write(entry, textFields(entry.fields), at); // a getter that throws, or another value that has no JSON
      }
    },
    passOn: (line) => out.write(`${line}\n`),
    flush: () => out.flush(),
  };
}

/** The same line without pino, for a process that ends before pino is loaded. */
function bareLine(entry: LogEntry, at: number): string {
  const line = (fields: LogEntry["fields"]) =>
    `${JSON.stringify({ level: entry.level, time: new Date(at).toISOString(), event: entry.event, ...fields, msg: entry.message })}\n`;
  try {
    return line(Object.fromEntries(Object.entries(entry.fields).map(([key, value]) => [key, isError(value) ? bareError(value) : value])));
  } catch {
    return line(textFields(entry.fields));
  }
}

const bareError = (error: Error) => ({ type: error.name, message: error.message, stack: error.stack });
