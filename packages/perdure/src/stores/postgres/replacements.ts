import type { ExecutionId, InstanceId } from "../../model/ids.ts";
import { SWEEP_SLICE } from "../../store/limits.ts";
import { acceptedStart } from "../../store/parse.ts";
import type { Calls } from "./calls.ts";
import { inboxRow } from "./rows-of.ts";
import type { ClientCalls } from "./start-call.ts";
import { callStart } from "./start-call.ts";
import type { StartNumbers } from "./start-numbers.ts";

/** The first start that an ended run has accepted in its place. False: there is none any more. */
export async function carryOutAccepted(calls: ClientCalls, numbers: StartNumbers, id: InstanceId): Promise<boolean> {
  for (;;) {
    const row = await calls.callForClient("accepted_start", [id]);
    if (typeof row.no !== "number") return false;
    const start = acceptedStart(inboxRow(row));
    if (start !== null) {
      const answer = await callStart(calls, { no: await numbers.take(), start, how: "accepted", replaces: row.ended as ExecutionId });
      calls.learn(answer.o_now);
      return answer.o_outcome === "started";
    }
    await calls.callForClient("drop_accepted_start", [row.no, row.seq]);
  }
}

/** Gives how many were carried out. What is more than one sweep takes is left to the next. */
export async function startReplacements(calls: Calls, numbers: StartNumbers): Promise<number> {
  const text = `SELECT DISTINCT i.instance_id FROM ${calls.schema}.inbox b JOIN ${calls.schema}.instances i ON i.no = b.no
    WHERE b.kind = 'replace' AND coalesce(i.completed_at, -1) >= 0 LIMIT ${SWEEP_SLICE}`;
  let started = 0;
  for (const { instance_id: id } of await calls.read({ name: "replacements", text, values: [] }))
    if (await carryOutAccepted(calls, numbers, id as InstanceId)) started += 1;
  return started;
}
