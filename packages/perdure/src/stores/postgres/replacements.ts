import type { ExecutionId, InstanceId } from "../../model/ids.ts";
import { unreadableStart } from "../../store/audit.ts";
import { SWEEP_SLICE } from "../../store/limits.ts";
import { acceptedStart } from "../../store/parse.ts";
import type { SweepReceipt, UnreadableStart } from "../../store/sweep.ts";
import type { Calls } from "./calls.ts";
import { inboxRow } from "./rows-of.ts";
import type { ClientCalls } from "./start-call.ts";
import { callStart, noteText } from "./start-call.ts";
import type { StartNumbers } from "./start-numbers.ts";

/** The first start that an ended run has accepted in its place. False: there is none any more. */
export async function carryOutAccepted(
  calls: ClientCalls,
  numbers: StartNumbers,
  id: InstanceId,
  onUnreadable?: (problem: string) => void,
): Promise<boolean> {
  for (;;) {
    const row = await calls.callForClient("accepted_start", [id]);
    if (typeof row.no !== "number") return false;
    const start = acceptedStart(inboxRow(row));
    if (typeof start !== "string") {
      const answer = await callStart(calls, { no: await numbers.take(), start, how: "accepted", replaces: row.ended as ExecutionId });
      calls.learn(answer.o_now);
      return answer.o_outcome === "started";
    }
    const answer = await calls.callForClient("drop_accepted_start", [row.no, row.seq, noteText(unreadableStart(start))]);
    if (answer.drop_accepted_start === true) onUnreadable?.(start);
  }
}

/** What is more than one sweep takes is left to the next. */
export async function startReplacements(calls: Calls, numbers: StartNumbers): Promise<Pick<SweepReceipt, "started" | "unreadable">> {
  const text = `SELECT DISTINCT i.instance_id FROM ${calls.schema}.inbox b JOIN ${calls.schema}.instances i ON i.no = b.no
    WHERE b.kind = 'replace' AND coalesce(i.completed_at, -1) >= 0 LIMIT ${SWEEP_SLICE}`;
  const unreadable: UnreadableStart[] = [];
  let started = 0;
  for (const { instance_id: id } of await calls.read({ name: "replacements", text, values: [] })) {
    const instanceId = id as InstanceId;
    const onUnreadable = (problem: string) => void unreadable.push({ instanceId, problem });
    if (await carryOutAccepted(calls, numbers, instanceId, onUnreadable)) started += 1;
  }
  return { started, unreadable };
}
