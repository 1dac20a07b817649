import type { NameKey } from "./function-name.ts";
import { functionKey } from "./function-name.ts";
import type { TerminalStatus } from "./status.ts";
import { TERMINAL_STATUSES } from "./status.ts";

/** How long instances stay after their end, ms; null: for ever. Of a status that is not named `default` holds. */
export type Keeping = { readonly [Part in TerminalStatus | "default"]?: number | null };

export interface RetentionTimes extends Keeping {
  /** By the name of the orchestrator: what it says comes before all else. */
  readonly perFunction: { readonly [name: string]: Keeping };
}

/** Of lines of the audit, where no instance goes by itself. */
export const DEFAULT_KEEP_AUDIT_MS = 30 * 86_400_000;
const LEAST_KEEP_AUDIT_MS = 86_400_000;

/** How long lines of the audit stay where nothing is said of them: as long as the instances of the longest rule, so that they take a small part of their room. */
export const keepAuditLike = (rules: readonly RetentionRule[]): number =>
  rules.length === 0 ? DEFAULT_KEEP_AUDIT_MS : Math.max(LEAST_KEEP_AUDIT_MS, ...rules.map(({ keepMs }) => keepMs));

/** Instances of these statuses and names go so long after their end. */
export interface RetentionRule {
  readonly statuses: readonly TerminalStatus[];
  readonly names?: { readonly only: readonly NameKey[] } | { readonly except: readonly NameKey[] };
  readonly keepMs: number;
}

/** What is purged, each instance by one rule at most. */
export function retentionRules({ perFunction, ...times }: RetentionTimes): readonly RetentionRule[] {
  const named = Object.entries(perFunction);
  const except = named.map(([name]) => functionKey(name));
  const rules = rulesOf(times, {}, except.length === 0 ? undefined : { except });
  return [...rules, ...named.flatMap(([name, own]) => rulesOf(own, times, { only: [functionKey(name)] }))];
}

function rulesOf(own: Keeping, others: Keeping, names: RetentionRule["names"]): readonly RetentionRule[] {
  const byTime = new Map<number, TerminalStatus[]>();
  for (const status of TERMINAL_STATUSES) {
    const keepMs = firstSaid(own[status], own.default, others[status], others.default);
    if (keepMs !== null) byTime.set(keepMs, [...(byTime.get(keepMs) ?? []), status]);
  }
  return [...byTime].map(([keepMs, statuses]) => ({ statuses, keepMs, ...(names === undefined ? {} : { names }) }));
}

const firstSaid = (...times: readonly (number | null | undefined)[]): number | null => times.find((time) => time !== undefined) ?? null;
