import { writeSync } from "node:fs";
import type { ClosableLog } from "./closable-log.ts";
import type { LogEntry } from "./engine-log.ts";
import type { LogLevel } from "./levels.ts";
import { isEnabled } from "./levels.ts";

export interface PinoLogOptions {
  readonly level: LogLevel;
  /** File descriptor the lines go to: 1 is standard output. */
  readonly fd: number;
}

type Sink = (entry: LogEntry, at: number) => void;

/**
 * Structured lines, one JSON object each: `level, time, event, msg` and the fields of the entry.
 *
 * Pino itself is loaded on first need and off the path of a cold start: entries written before it is there wait in a list, each with
 * the time at which it happened.
 */
export function pinoLog(options: PinoLogOptions): ClosableLog & { load(): Promise<void> } {
  const waiting: { readonly entry: LogEntry; readonly at: number }[] = [];
  let sink: Sink | null = null;
  let flushNow: () => void = () => {
    for (const { entry, at } of waiting.splice(0)) writeBare(options.fd, entry, at);
  };
  let loading: Promise<void> | null = null;

  const load = async (): Promise<void> => {
    const opened = await openPino(options);
    sink = opened.sink;
    flushNow = opened.flush;
    for (const { entry, at } of waiting.splice(0)) sink(entry, at);
  };

  return {
    enabled: (level) => isEnabled(level, options.level),
    write(entry) {
      if (!isEnabled(entry.level, options.level)) return;
      if (sink === null) waiting.push({ entry, at: Date.now() });
      else sink(entry, Date.now());
    },
    flush: () => flushNow(),
    load() {
      loading ??= load();
      return loading;
    },
  };
}

async function openPino(options: PinoLogOptions): Promise<{ readonly sink: Sink; readonly flush: () => void }> {
  const { destination, pino, stdSerializers } = await import("pino");
  // Asynchronous: a reader that is slow must not stop the engine. What is in flight is written by flush() before the process ends.
  const out = destination({ fd: options.fd, sync: false });
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
  return {
    sink: (entry, at) => logger[entry.level]({ time: new Date(at).toISOString(), event: entry.event, ...entry.fields }, entry.message),
    flush: () => out.flushSync(),
  };
}

/** The same line without pino, for a process that ends before pino is loaded. */
function writeBare(fd: number, entry: LogEntry, at: number): void {
  const fields = Object.fromEntries(
    Object.entries(entry.fields).map(([key, value]) => [key, value instanceof Error ? bareError(value) : value]),
  );
  const line = { level: entry.level, time: new Date(at).toISOString(), event: entry.event, ...fields, msg: entry.message };
  writeSync(fd, `${JSON.stringify(line)}\n`);
}

const bareError = (error: Error) => ({ type: error.name, message: error.message, stack: error.stack });
