import { AUDIT_REASON, flag, prefix, statuses, TARGET_OPTIONS, time, wholeNumber } from "./option-specs.ts";
import type { OptionSpec, OptionValues } from "./options.ts";
import { rangeQuery } from "./wire.ts";

export const tags = (help: string): OptionSpec<readonly string[]> => ({
  kind: "text",
  placeholder: "NAME=VALUE,…",
  help,
  once: true,
  expected: "names and values, separated by commas, such as team=north,vip=yes",
  parse: (value) => {
    const pairs = value.split(",");
    return pairs.every((pair) => pair.indexOf("=") > 0) ? pairs : null;
  },
});

export const FILTER_PARTS = {
  status: statuses("only these runtime statuses, separated by commas, in any case"),
  prefix: prefix("only instance ids that begin with this"),
  name: prefix("only of this orchestrator, in any case"),
  version: prefix("only in exactly this version"),
  from: time("only instances created at or after this time (2026-01-31, 2026-01-31T12:00:00Z; UTC unless it says otherwise)"),
  to: time("only instances created at or before this time"),
  "ended-from": time("only instances that ended at or after this time"),
  "ended-to": time("only instances that ended at or before this time"),
  parent: prefix("only sub-orchestrations of the instance with this id"),
  tag: tags("only instances with all these tags"),
  error: prefix("only failed instances whose error contains this text"),
} as const;

const STATES = {
  open: flag("only instances that have not ended"),
  failed: flag("only failed instances: short for --status Failed"),
  stopped: flag("only instances that Perdure has stopped (STUCK, NON_DETERMINISM and so on)"),
} as const;

export const LIST_OPTIONS = {
  ...FILTER_PARTS,
  ...STATES,
  newest: flag("newest first"),
  "by-end": flag("in the order in which they ended; only those that have"),
  top: wholeNumber("N", 1, Number.MAX_SAFE_INTEGER, "at most this many (default 100)"),
  ...TARGET_OPTIONS,
} as const;

export const COUNT_OPTIONS = {
  ...FILTER_PARTS,
  ...STATES,
  cap: wholeNumber("N", 1, Number.MAX_SAFE_INTEGER, "count no further (default 10000)"),
  ...TARGET_OPTIONS,
} as const;

export const FAILURES_OPTIONS = {
  name: FILTER_PARTS.name,
  version: FILTER_PARTS.version,
  "ended-from": time("only those that failed at or after this time (default: 24 hours ago); those that are stopped are always there"),
  top: wholeNumber("N", 1, Number.MAX_SAFE_INTEGER, "at most this many groups, the largest first (default 20)"),
  ...TARGET_OPTIONS,
} as const;

export const PURGE_OPTIONS = {
  ...FILTER_PARTS,
  recursive: flag("with the sub-orchestrations that have ended, and theirs"),
  reason: AUDIT_REASON,
  "dry-run": flag("delete nothing; show how many and which would be deleted"),
  ...TARGET_OPTIONS,
} as const;

type Parts = OptionValues<typeof FILTER_PARTS>;

/** As parameters of the management API; of a tag that is given more than once, all. */
export function filterQuery(options: Parts): { readonly [name: string]: string | readonly string[] | undefined } {
  const { prefix: idPrefix, name, version, parent, tag, error, "ended-from": endedFrom, "ended-to": endedTo } = options;
  const time = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());
  return {
    ...rangeQuery(options),
    instanceIdPrefix: idPrefix,
    name,
    version,
    endedTimeFrom: time(endedFrom),
    endedTimeTo: time(endedTo),
    parentInstanceId: parent,
    tag,
    errorText: error,
  };
}
