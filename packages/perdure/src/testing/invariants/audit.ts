import type { AuditRow } from "../../store/audit.ts";
import type { Invariant } from "./invariant.ts";

/** Lines may have been deleted for their age, and those of before there was an audit are missing: so there may be fewer, and not more. */
export const auditInvariants: readonly Invariant[] = [
  {
    id: "audit-readable",
    sentence:
      "A line of the audit has an object in its details, and happened last no earlier than first; only continue-as-new happens more than once.",
    check(view, report) {
      for (const line of view.dump.audit) {
        const { no, what, at, firstAt, count, detail } = line;
        const isOnce = what === "continueAsNew" ? count >= 1 : count === 1 && at === firstAt;
        if (!isOnce || at < firstAt) report(no, `a line of ${what} says ${count} times, from ${firstAt} to ${at}`);
        if (!isObjectText(detail)) report(no, `the details of a line of ${what} are no JSON object: ${detail.slice(0, 200)}`);
      }
    },
  },
  {
    id: "audit-by-generation",
    sentence: "Continue-as-new of a run is one line, and with its rewinds it happened no more often than the run has generations.",
    check(view, report) {
      for (const [no, lines] of Map.groupBy(view.dump.audit, (line) => line.no)) {
        const row = no === null ? undefined : view.rows.get(no);
        if (row === undefined) continue;
        const loops = lines.filter(({ what }) => what === "continueAsNew");
        if (loops.length > 1) report(row, `${loops.length} lines are of its continue-as-new`);
        const times = timesOf(loops) + timesOf(lines.filter(({ what }) => what === "rewind"));
        if (times > row.generation) report(row, `its lines say that ${times} generations began, the row is at ${row.generation}`);
      }
    },
  },
];

const timesOf = (lines: readonly AuditRow[]): number => lines.reduce((sum, { count }) => sum + count, 0);

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
