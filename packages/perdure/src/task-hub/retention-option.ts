import { statusOfRow } from "../client/instance-status.ts";
import { toOrchestrationStatus } from "../client/orchestration-status.ts";
import type { WorkerSettings } from "../engine/options.ts";
import { fault } from "../errors/perdure-error.ts";
import type { OrchestrationStatus } from "../functions/client-types.ts";
import type { Duration } from "../model/duration.ts";
import { parseDuration } from "../model/duration.ts";
import { nameProblem } from "../model/names.ts";
import { durationOption, isRecord, parseOptions } from "../model/options.ts";
import type { PayloadCodec } from "../model/payload.ts";
import type { Keeping, RetentionTimes } from "../model/retention.ts";
import { keepAuditLike, retentionRules } from "../model/retention.ts";
import type { TerminalStatus } from "../model/status.ts";
import { TERMINAL_STATUSES } from "../model/status.ts";
import type { InstanceRow } from "../store/rows.ts";

/** How long finished instances stay. */
export type KeepFor = Duration | "forever";

/** By the way in which they ended; `default` for those that are not named. */
export type RetentionByStatus = { readonly [Status in TerminalStatus | "default"]?: KeepFor };

export interface RetentionOptions extends RetentionByStatus {
  /** By the name of the orchestrator; what it does not say is as for all others. */
  readonly perFunction?: { readonly [name: string]: KeepFor | RetentionByStatus };
  /** Lines of the audit, after what they record. Default: as long as the instances that stay longest, a day at least; 30 days where all stay for ever. */
  readonly audit?: KeepFor;
  /**
   * Called with each instance before it is deleted, the sub-orchestrations first. `false`, and an error, keeps it: it is offered again later. An instance may be offered
   * more than once.
   */
  readonly archive?: (instance: OrchestrationStatus) => unknown;
}

const PARTS: readonly string[] = ["default", ...TERMINAL_STATUSES];
const OTHER_PARTS: readonly string[] = ["perFunction", "audit", "archive"];
const FORM = 'a duration such as "30d", or "forever"';

export function parseRetention(
  given: unknown,
  where: string,
  codec: { readonly codec: PayloadCodec; readonly maxJsonDepth: number },
): Pick<WorkerSettings, "retention" | "keepAuditMs"> {
  const { archive, audit, ...times } = timesOf(given, where);
  const rules = retentionRules(times);
  const keepAuditMs = audit === undefined ? keepAuditLike(rules) : audit;
  if (archive === undefined) return { retention: { rules, archive: null }, keepAuditMs };
  const ask = async (row: InstanceRow) => (await archive(toOrchestrationStatus(codec, statusOfRow(row), {}, null))) !== false;
  return { retention: { rules, archive: ask }, keepAuditMs };
}

interface ParsedTimes extends RetentionTimes {
  readonly audit?: number | null;
  readonly archive?: NonNullable<RetentionOptions["archive"]>;
}

function timesOf(given: unknown, where: string): ParsedTimes {
  if (!isByParts(given)) return { default: keepFor(given, where, "retention"), perFunction: {} };
  const options = parseOptions(given, [...PARTS, ...OTHER_PARTS], `${where} retention`);
  const { perFunction, archive, audit, ...parts } = options;
  if (perFunction !== undefined && !isRecord(perFunction))
    throw fault("OPTION_INVALID", where, "retention.perFunction", perFunction, "an object by names of orchestrators");
  if (archive !== undefined && typeof archive !== "function")
    throw fault("OPTION_INVALID", where, "retention.archive", archive, "a function");
  const named = Object.entries(perFunction ?? {}).map(([name, own]) => {
    const problem = nameProblem(name);
    if (problem !== null) throw fault("OPTION_INVALID", where, "retention.perFunction", name, `names of orchestrators (${problem})`);
    const option = `retention.perFunction.${name}`;
    return [
      name,
      isByParts(own) ? keepingOf(parseOptions(own, PARTS, `${where} ${option}`), where, option) : { default: keepFor(own, where, option) },
    ] as const;
  });
  return {
    ...keepingOf(parts, where, "retention"),
    perFunction: Object.fromEntries(named),
    ...(audit === undefined ? {} : { audit: keepFor(audit, where, "retention.audit") }),
    // Safe: a function, whose result is looked at as `unknown` would be.
    ...(archive === undefined ? {} : { archive: archive as NonNullable<RetentionOptions["archive"]> }),
  };
}

/** Rather than a duration such as `{ days: 30 }`. */
const isByParts = (value: unknown): value is object =>
  isRecord(value) && parseDuration(value) === null && Object.keys(value).some((key) => PARTS.includes(key) || OTHER_PARTS.includes(key));

const keepingOf = (parts: { readonly [part: string]: unknown }, where: string, option: string): Keeping =>
  Object.fromEntries(
    Object.entries(parts)
      .filter(([, value]) => value !== undefined)
      .map(([part, value]) => [part, keepFor(value, where, `${option}.${part}`)]),
  );

const keepFor = (value: unknown, where: string, option: string): number | null =>
  value === "forever" ? null : durationOption(value, where, option, FORM);
