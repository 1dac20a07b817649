import type { InstanceNo } from "../../model/ids.ts";
import type { StartSpec } from "../../model/start.ts";
import { replacementId } from "../../store/wake.ts";
import type { Tables } from "./tables.ts";

/**
 * What lies behind the message that asked for this run was sent to it, and is its mail. Answers are for one generation of one run. Of a run that was not asked
 * for there, the mail begins with the first start that the run before it had accepted: that takes the new one's place. False: there is none.
 */
export function inherit(tables: Tables, from: InstanceNo, to: InstanceNo, { executionId }: StartSpec): boolean {
  const mail = tables.mailOf(from);
  const asked = mail.findIndex(({ dedupId }) => dedupId === replacementId(executionId));
  const first = asked === -1 ? mail.findIndex(({ kind }) => kind === "replace") : asked + 1;
  const own = first === -1 ? [] : mail.slice(first).filter(({ generation }) => generation === null);
  if (own.length === 0) return false;
  tables.set(
    tables.inbox,
    to,
    own.map((row) => ({ ...row, no: to, worker: null })),
  );
  return true;
}
