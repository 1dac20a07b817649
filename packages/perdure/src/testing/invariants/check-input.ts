import { fault } from "../../errors/perdure-error.ts";
import { booleanOption, isRecord, optional, parseOptions } from "../../model/options.ts";
import type { StoreDump } from "../../store/contract.ts";

export interface CheckOptions {
  /** True when all work is done and a sweep has run: leftovers count too. Default false. */
  readonly atRest?: boolean;
  /** By how much the system clock under the store was set back lately: what is recorded may be so far ahead of the store's time. Default 0. */
  readonly clockSlackMs?: number;
}

const WHERE = "checkDump";
const OPTIONS = ["atRest", "clockSlackMs"];
const TABLES = ["instances", "history", "inbox", "tasks", "workers"] as const satisfies readonly (keyof StoreDump)[];

export function parseCheckOptions(given: unknown): Required<CheckOptions> {
  const options = parseOptions(given, OPTIONS, WHERE);
  return {
    atRest: optional(options, "atRest", WHERE, booleanOption) ?? false,
    clockSlackMs: optional(options, "clockSlackMs", WHERE, slackOption) ?? 0,
  };
}

function slackOption(value: unknown, where: string, option: string): number {
  if (typeof value !== "number" || !(value >= 0)) throw fault("OPTION_INVALID", where, option, value, "milliseconds, 0 or more");
  return value;
}

/** Of the dump only that it has its tables, and rows in them: what is in a row the invariants say. */
export function expectDump(dump: unknown): void {
  if (!isRecord(dump)) throw fault("CALL_INVALID", WHERE, "it takes what `await store.dump()` gives");
  for (const table of TABLES) {
    const rows: unknown = dump[table];
    if (!Array.isArray(rows) || !rows.every(isRecord)) throw fault("CALL_INVALID", WHERE, `"${table}" of the dump is not a list of rows`);
  }
  if (!Number.isFinite(dump.now)) throw fault("CALL_INVALID", WHERE, '"now" of the dump is not a time in milliseconds');
}
