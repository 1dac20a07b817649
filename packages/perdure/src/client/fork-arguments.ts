import type { ForkPoint } from "../core/fork.ts";
import { fault } from "../errors/perdure-error.ts";
import type { EventId } from "../model/ids.ts";
import { eventId } from "../model/ids.ts";
import type { Options } from "../model/options.ts";
import { booleanOption, countOption, isRecord, optional, parseOptions, stringOption } from "../model/options.ts";
import { checkedInstanceId, checkedVersion } from "../model/start-options.ts";
import { parseStatusFilter } from "./filters.ts";
import type { ForkParams, RewindByParams } from "./types.ts";

const OPTIONS = ["at", "instanceId", "input", "version", "results", "events", "completions", "timers", "reason", "dryRun"];

export type ParsedFork = Omit<ForkParams, "input" | "results"> & {
  readonly value: unknown;
  readonly values: readonly (readonly [EventId, unknown])[];
};

export function parseFork(id: string, settings: unknown): ParsedFork {
  const where = "fork";
  const options = parseOptions(settings, OPTIONS, where);
  const newId = optional(options, "instanceId", where, checkedInstanceId);
  const version = optional(options, "version", where, checkedVersion);
  return {
    instanceId: id,
    at: pointOption(options.at, where, "at"),
    value: options.input,
    values: optional(options, "results", where, resultsOption) ?? [],
    events: optional(options, "events", where, eventsOption) ?? [],
    keepsCompletions: optional(options, "completions", where, only("keep")) === "keep",
    keepsTimers: optional(options, "timers", where, only("absolute")) === "absolute",
    reason: optional(options, "reason", where, stringOption) ?? null,
    dryRun: optional(options, "dryRun", where, booleanOption) ?? false,
    ...(newId === undefined ? {} : { newInstanceId: newId }),
    ...(version === undefined ? {} : { version }),
  };
}

const DEFAULT_RATE = 50;

export function parseRewindBy(filter: unknown, settings: unknown): RewindByParams {
  const where = "rewindBy";
  const options = parseOptions(settings, ["reason", "dryRun", "rate"], where);
  const given = parseStatusFilter(filter, where);
  const other = given.statuses.find((status) => status !== "Failed");
  if (other !== undefined) throw fault("OPTION_INVALID", where, "runtimeStatus", other, "failed ones alone: leave it out");
  return {
    filter: given,
    reason: optional(options, "reason", where, stringOption) ?? null,
    dryRun: optional(options, "dryRun", where, booleanOption) ?? false,
    perSecond: optional(options, "rate", where, countOption) ?? DEFAULT_RATE,
  };
}

const POINT = '{ event: 12 }, { checkpoint: 3 } or { before: "Bill" }';

function pointOption(value: unknown, where: string, option: string): ForkPoint {
  if (isRecord(value) && Object.keys(value).length === 1) {
    const { event, checkpoint, before } = value;
    if (isWhole(event, 1)) return { event };
    if (isWhole(checkpoint, 0)) return { checkpoint };
    if (typeof before === "string" && before !== "") return { before };
  }
  throw fault("OPTION_INVALID", where, option, value, POINT);
}

const isWhole = (value: unknown, least: number): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= least;

function resultsOption(value: unknown, where: string, option: string): ParsedFork["values"] {
  if (!isRecord(value)) throw fault("OPTION_INVALID", where, option, value, "an object of results, by event id");
  return Object.entries(value satisfies Options).map(([key, result]) => {
    if (!/^\d+$/.test(key))
      throw fault("OPTION_INVALID", where, `${option}.${key}`, result, "the event id of a call as its name, such as { 12: … }");
    return [eventId(Number(key)), result];
  });
}

function eventsOption(value: unknown, where: string, option: string): "keep" | readonly string[] {
  if (value === "keep") return value;
  if (Array.isArray(value) && value.every((name) => typeof name === "string")) return value;
  throw fault("OPTION_INVALID", where, option, value, '"keep", or a list of names of events');
}

const only =
  <Word extends string>(word: Word) =>
  (value: unknown, where: string, option: string): Word => {
    if (value === word) return word;
    throw fault("OPTION_INVALID", where, option, value, JSON.stringify(word));
  };
