import type { EngineLog, LogEntry } from "./engine-log.ts";

/** What `console` and the loggers of most libraries are. Pino and Bunyan take the fields first, all others the message. */
export interface Logger {
  debug(...args: readonly unknown[]): unknown;
  info(...args: readonly unknown[]): unknown;
  warn(...args: readonly unknown[]): unknown;
  error(...args: readonly unknown[]): unknown;
}

export const LOGGER_METHODS = ["debug", "info", "warn", "error"] as const;

/**
 * The lines of Perdure to a logger of the program. What the logger returns is handed on: it may be a promise that rejects. Which levels a line must
 * have is for the logger to say, too.
 */
export function loggerLog(logger: Logger): EngineLog {
  const fieldsFirst = takesFieldsFirst(logger);
  return {
    enabled: () => true,
    write: ({ level, event, message, fields }: LogEntry): unknown =>
      fieldsFirst ? logger[level]({ event, ...fields }, message) : logger[level](message, { event, ...fields }),
  };
}

/** Pino has `bindings`, Bunyan `addStream`; Winston, log4js, tslog and `console` have neither. */
function takesFieldsFirst(logger: Logger): boolean {
  return isFunction(logger, "bindings") || isFunction(logger, "addStream");
}

export const isFunction = (object: object, name: string): boolean => typeof Reflect.get(object, name) === "function";
