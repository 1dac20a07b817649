import { fault } from "../errors/perdure-error.ts";
import type { Options } from "../model/options.ts";
import { isRecord, parseOptions } from "../model/options.ts";
import { stderrLog } from "./default-log.ts";
import type { EngineLog, LogEntry } from "./engine-log.ts";
import { silentLog } from "./engine-log.ts";
import type { LogLevel } from "./levels.ts";
import { isEnabled, LOG_LEVELS } from "./levels.ts";
import type { Logger } from "./logger.ts";
import { isFunction, LOGGER_METHODS, loggerLog } from "./logger.ts";
import { safeLog } from "./safe-log.ts";
import { valueText } from "./value-text.ts";

/** Which lines are written, and where. */
export interface LogOptions {
  /** Least level of what Perdure itself says. Default "warn". */
  readonly engine?: LogLevel;
  /** Least level of what functions say by `ctx.log`. Default "info". */
  readonly functions?: LogLevel;
  /** Default: standard error, for people. */
  readonly to?: Logger | EngineLog;
}

/** `false`: nothing; a level: of both, on standard error; a logger: pino, `console` or alike, in place of standard error. */
export type LogOption = false | LogLevel | Logger | EngineLog | LogOptions;

/** The two logs of a hub: its own lines, and those of `ctx.log`. Neither ever throws. */
export interface HubLogs {
  readonly log: EngineLog;
  readonly functionLog: EngineLog;
}

const SILENT: HubLogs = { log: silentLog, functionLog: silentLog };
const KNOWN: { readonly [Option in keyof Required<LogOptions>]: true } = { engine: true, functions: true, to: true };
const LEVELS = `one of ${LOG_LEVELS.map((level) => `"${level}"`).join(", ")}`;
const EXPECTED = `false, ${LEVELS}, a logger with the methods ${LOGGER_METHODS.join(", ")} (console, pino), or { engine, functions, to }`;

/** Throws OPTION_INVALID and OPTION_UNKNOWN, which name the option and what is wrong with it. */
export function parseLogOption(where: string, given: unknown): HubLogs {
  if (given === undefined) return logsOf({}, stderrLog());
  if (given === false) return SILENT;
  if (typeof given === "string") {
    const level = levelOf(where, "log", given, EXPECTED);
    return logsOf({ engine: level, functions: level }, stderrLog());
  }
  if (typeof given !== "object" || given === null) {
    // A class or a function that makes loggers is a likely slip, and both may have the methods.
    if (typeof given === "function" && isLogger(given)) return logsOf({}, loggerLog(given));
    throw invalid(where, "log", given, EXPECTED);
  }
  if (looksLikeLog(given)) return logsTo(where, "log", given, {});
  if (!isRecord(given)) throw invalid(where, "log", given, EXPECTED);
  const options = parseOptions({ ...given }, Object.keys(KNOWN), `${where} log`);
  const levels = { engine: optionalLevel(where, "engine", options), functions: optionalLevel(where, "functions", options) };
  return options.to === undefined ? logsOf(levels, stderrLog()) : logsTo(where, "log.to", options.to, levels);
}

interface Levels {
  readonly engine?: LogLevel | undefined;
  readonly functions?: LogLevel | undefined;
}

function logsTo(where: string, option: string, target: unknown, levels: Levels): HubLogs {
  if ((typeof target === "object" && target !== null) || typeof target === "function") {
    // It says itself what it wants to have.
    if (isEngineLog(target)) return logsOf({ engine: levels.engine ?? "debug", functions: levels.functions ?? "debug" }, target);
    if (isLogger(target)) return logsOf(levels, loggerLog(target));
    const missing = LOGGER_METHODS.filter((method) => !isFunction(target, method));
    throw fault("OPTION_INVALID", where, option, `an object without ${missing.join(", ")}`, `a logger with ${LOGGER_METHODS.join(", ")}`);
  }
  throw invalid(where, option, target, `a logger with ${LOGGER_METHODS.join(", ")}`);
}

function logsOf({ engine = "warn", functions = "info" }: Levels, target: EngineLog): HubLogs {
  const log = safeLog(target);
  return { log: atLevel(log, engine), functionLog: atLevel(log, functions) };
}

/** The threshold comes first: it is asked for every episode. */
function atLevel(log: EngineLog, least: LogLevel): EngineLog {
  if (least === "silent") return silentLog;
  const passes = {
    debug: isEnabled("debug", least),
    info: isEnabled("info", least),
    warn: isEnabled("warn", least),
    error: isEnabled("error", least),
  };
  return {
    enabled: (level) => passes[level] && log.enabled(level),
    write(entry: LogEntry) {
      if (passes[entry.level]) log.write(entry);
    },
  };
}

const isEngineLog = (value: object): value is EngineLog => isFunction(value, "enabled") && isFunction(value, "write");
const isLogger = (value: object): value is Logger => LOGGER_METHODS.every((method) => isFunction(value, method));
const looksLikeLog = (value: object) =>
  LOGGER_METHODS.some((method) => isFunction(value, method)) || isFunction(value, "write") || isFunction(value, "enabled");

function optionalLevel(where: string, option: "engine" | "functions", options: Options): LogLevel | undefined {
  const value = options[option];
  return value === undefined ? undefined : levelOf(where, `log.${option}`, value, LEVELS);
}

function levelOf(where: string, option: string, value: unknown, expected: string): LogLevel {
  const level = LOG_LEVELS.find((one) => one === value);
  if (level === undefined) throw invalid(where, option, value, expected);
  return level;
}

const invalid = (where: string, option: string, value: unknown, expected: string) =>
  fault("OPTION_INVALID", where, option, typeof value === "object" ? value : valueText(value), expected);
