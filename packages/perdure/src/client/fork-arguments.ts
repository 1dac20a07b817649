import type { ForkPoint } from "../core/fork.ts";
import { fault } from "../errors/perdure-error.ts";
import type { EventId } from "../model/ids.ts";
import { eventId } from "../model/ids.ts";
import type { Options } from "../model/options.ts";
import { booleanOption, countOption, isRecord, optional, parseOptions, stringOption } from "../model/options.ts";
import type { Payload } from "../model/payload.ts";
import { checkedInstanceId, checkedVersion } from "../model/start-options.ts";
import type { RuntimeStatus } from "../model/status.ts";
import { TERMINAL_STATUSES } from "../model/status.ts";
import { parseStatusFilter } from "./filters.ts";
import { continuationOption } from "./one-by-one.ts";
import { impossiblePart, statusesAmong } from "./possible-filter.ts";
import type { ClientFilter, ForkParams, OneByOneParams, RewindParams } from "./types.ts";

const OPTIONS = ["at", "instanceId", "input", "version", "results", "events", "completions", "timers", "reason", "dryRun"];

export type ParsedFork = Omit<ForkParams, "input" | "results"> & {
  readonly value: unknown;
  readonly values: readonly (readonly [EventId, unknown])[];
};

export function parseFork(id: string, settings: unknown, where = "fork"): ParsedFork {
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

const BULK = ["rate", "continuation", "dryRun"];

function bulkOptions(options: Options, where: string) {
  const dryRun = optional(options, "dryRun", where, booleanOption) ?? false;
  const rate = optional(options, "rate", where, countOption) ?? DEFAULT_RATE;
  return {
    dryRun,
    perSecond: dryRun ? null : rate,
    continuation: optional(options, "continuation", where, continuationOption) ?? null,
  };
}

export function parseRewindBy(filter: unknown, settings: unknown): OneByOneParams & Omit<RewindParams, "instanceId"> {
  const where = "rewindBy";
  const options = parseOptions(settings, [...BULK, "reason"], where);
  return {
    ...meant(parseStatusFilter(filter, where), ["Failed"], where),
    reason: optional(options, "reason", where, stringOption) ?? null,
    ...bulkOptions(options, where),
  };
}

type RestartMany = OneByOneParams & {
  readonly keepsId: boolean;
  readonly version?: string | null;
  readonly reason: string | null;
  readonly dryRun: boolean;
};

export function parseRestartBy(filter: unknown, settings: unknown): RestartMany {
  const where = "restartBy";
  const options = parseOptions(settings, [...BULK, "instanceId", "version", "reason"], where);
  const version = optional(options, "version", where, checkedVersion);
  return {
    ...meant(someOf(filter, where), TERMINAL_STATUSES, where),
    reason: optional(options, "reason", where, stringOption) ?? null,
    keepsId: optional(options, "instanceId", where, only("same")) === "same",
    ...(version === undefined ? {} : { version }),
    ...bulkOptions(options, where),
  };
}

/** With payloads in place of the values. */
export function forkParams({ value, values, ...params }: ParsedFork, encode: (what: string, value: unknown) => Payload | null): ForkParams {
  const results = new Map(values.map(([id, result]) => [id, encode(`result of event ${id}`, result)]));
  return { ...params, results, ...(value === undefined ? {} : { input: encode("input", value) }) };
}

export function parseForkBy(filter: unknown, settings: unknown): OneByOneParams & { readonly fork: (id: string) => ParsedFork } {
  const where = "forkBy";
  const options = parseOptions(settings, ["rate", "continuation", ...OPTIONS.filter((option) => option !== "instanceId")], where);
  const { rate: _, continuation: __, ...edits } = options;
  const parsed = parseFork("", edits, where);
  const { dryRun: ___, ...many } = bulkOptions(options, where);
  return { ...meant(someOf(filter, where), null, where), fork: (instanceId) => ({ ...parsed, instanceId }), ...many };
}

/** An empty filter would mean all instances: who means them says so. */
function someOf(filter: unknown, where: string): ClientFilter {
  if (isRecord(filter) && Object.values(filter).some((part) => part !== undefined)) return parseStatusFilter(filter, where);
  const all = "{ createdFrom: new Date(0) } means all instances";
  throw fault("OPTION_INVALID", where, "filter", filter, `at least one part; ${all}`);
}

/** Of the possible statuses those that are asked for. */
function meant(
  filter: ClientFilter,
  possible: readonly RuntimeStatus[] | null,
  where: string,
): Pick<OneByOneParams, "filter" | "statuses"> {
  const impossible = impossiblePart(filter, possible);
  if (impossible !== null) throw fault("OPTION_INVALID", where, impossible.part, impossible.value, impossible.expected);
  return { filter, statuses: statusesAmong(filter.statuses, possible) };
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
