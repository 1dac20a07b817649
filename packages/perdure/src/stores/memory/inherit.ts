import type { InstanceNo } from "../../model/ids.ts";
import type { StartSpec } from "../../model/start.ts";
import { replacementId } from "../../store/wake.ts";
import type { Tables } from "./tables.ts";

/**
 * What lies behind the message that asked for this run was sent to it, and is its mail. Answers are for one generation of one run. False: there is none.
 */
export function inherit(tables: Tables, from: InstanceNo, to: InstanceNo, { executionId }: StartSpec): boolean {
  const mail = tables.mailOf(from);
  const asked = mail.findIndex(({ dedupId }) => dedupId === replacementId(executionId));
  const own = asked === -1 ? [] : mail.slice(asked + 1).filter(({ generation }) => generation === null);
  if (own.length === 0) return false;
  tables.set(
    tables.inbox,
    to,
    own.map((row) => ({ ...row, no: to, worker: null })),
  );
  return true;
}
