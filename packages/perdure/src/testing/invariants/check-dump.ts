import type { StoreDump } from "../../store/contract.ts";
import { auditInvariants } from "./audit.ts";
import type { CheckOptions } from "./check-input.ts";
import { expectDump, parseCheckOptions } from "./check-input.ts";
import { entityInvariants } from "./entities.ts";
import { historyInvariants } from "./history.ts";
import type { Invariant, Violation } from "./invariant.ts";
import { relationInvariants } from "./relations.ts";
import { rowInvariants } from "./rows.ts";
import { slotInvariants } from "./slots.ts";
import { viewOf } from "./view.ts";

/** All invariants that one dump can show, in the order in which they are checked. */
export const DUMP_INVARIANTS: readonly Invariant[] = [
  ...historyInvariants,
  ...rowInvariants,
  ...relationInvariants,
  ...entityInvariants,
  ...auditInvariants,
  ...slotInvariants,
];

/**
 * Every violation in a dump; an empty list is what one wants.
 *
 * @throws PerdureError `CALL_INVALID` for what is not a dump, `OPTION_UNKNOWN`, `OPTION_INVALID`.
 */
export function checkDump(dump: StoreDump, options?: CheckOptions): readonly Violation[] {
  expectDump(dump);
  const checked = parseCheckOptions(options);
  const view = viewOf(dump, checked.clockSlackMs);
  const violations: Violation[] = [];
  for (const { id, sentence, atRest, check } of DUMP_INVARIANTS) {
    if (atRest === true && !checked.atRest) continue;
    check(view, (subject, detail) => {
      const row = typeof subject === "number" ? view.rows.get(subject) : subject;
      const no = row?.no ?? (typeof subject === "number" ? subject : null);
      violations.push({ invariant: id, sentence, instanceId: row?.instanceId ?? null, no, detail });
    });
  }
  return violations;
}
