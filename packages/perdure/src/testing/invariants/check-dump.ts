import type { StoreDump } from "../../store/contract.ts";
import { historyInvariants } from "./history.ts";
import type { Invariant, Violation } from "./invariant.ts";
import { relationInvariants } from "./relations.ts";
import { rowInvariants } from "./rows.ts";
import { viewOf } from "./view.ts";

/** All invariants that one dump can show, in the order in which they are checked. */
export const DUMP_INVARIANTS: readonly Invariant[] = [...historyInvariants, ...rowInvariants, ...relationInvariants];

export interface CheckOptions {
  /** True when all work is done and a sweep has run: leftovers count too. */
  readonly atRest: boolean;
  /** By how much the system clock under the store was set back lately: what is recorded may be so far ahead of the store's time. Default 0. */
  readonly clockSlackMs?: number;
}

/** Every violation in a dump; an empty list is what one wants. */
export function checkDump(dump: StoreDump, options: CheckOptions): readonly Violation[] {
  const view = viewOf(dump, options.clockSlackMs ?? 0);
  const violations: Violation[] = [];
  for (const { id, sentence, atRest, check } of DUMP_INVARIANTS) {
    if (atRest === true && !options.atRest) continue;
    check(view, (subject, detail) => {
      const row = typeof subject === "number" ? view.rows.get(subject) : subject;
      const no = row?.no ?? (typeof subject === "number" ? subject : null);
      violations.push({ invariant: id, sentence, instanceId: row?.instanceId ?? null, no, detail });
    });
  }
  return violations;
}
