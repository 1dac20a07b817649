import type { InstanceNo } from "../../model/ids.ts";
import { executionId, instanceNo } from "../../model/ids.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import type { RunInTheWay, StartReceipt } from "../../store/contract.ts";
import type { EditedRow, Reopening, StartWithHistory } from "../../store/edits.ts";
import type { Calls } from "./calls.ts";
import type { Told } from "./clients.ts";
import { NO_CONCERN } from "./clients.ts";
import { carryOutAccepted } from "./replacements.ts";
import { noteText } from "./start-call.ts";
import type { StartNumbers } from "./start-numbers.ts";
import { HISTORY } from "./wire/history-row.ts";
import { BIRTH } from "./wire/instance-row.ts";
import { int8Array } from "./wire/int8-array.ts";
import { LAYOUT_NUMBER } from "./wire/layouts.ts";
import { Texts } from "./wire/texts.ts";

const READY = { owner: null, ready: true };

export async function reopen(
  calls: Calls,
  { no, generation, version, executionId: execution, history, note }: Reopening,
): Promise<Told<"reopened" | "changed">> {
  const texts = new Texts();
  const rows = packHistory(texts, no, generation + 1, history);
  const values = [LAYOUT_NUMBER, no, generation, version, execution, int8Array(rows), texts.bytes, noteText(note)];
  const { reopen_instance: isReopened } = await calls.callForClient("reopen_instance", values);
  return isReopened === true ? { receipt: "reopened", concern: READY } : { receipt: "changed", concern: NO_CONCERN };
}

export async function startWithHistory(
  calls: Calls,
  numbers: StartNumbers,
  { start, history, customStatus, replaces, note }: StartWithHistory,
): Promise<Told<StartReceipt | RunInTheWay>> {
  const no = instanceNo(await numbers.take());
  const texts = new Texts();
  const row: number[] = [];
  const born = {
    no,
    start,
    onExisting: "fail",
    owned: false,
    wakeAt: 0,
    createdAt: 0,
    first: undefined,
    status: "Running",
    customStatus,
  } as const;
  BIRTH.pack(row, texts, born);
  const rows = packHistory(texts, no, 0, history);
  const values = [LAYOUT_NUMBER, int8Array(row), int8Array(rows), texts.bytes, replaces ?? null, noteText(note)];
  let answer = await calls.callForClient("start_with_history", values);
  while (answer.o_outcome === "accepted") {
    await carryOutAccepted(calls, numbers, start.instanceId);
    answer = await calls.callForClient("start_with_history", values);
  }
  calls.learn(answer.o_now);
  const execution = executionId(String(answer.o_execution));
  if (answer.o_outcome === "inTheWay") return { receipt: { outcome: "inTheWay", startId: execution }, concern: READY };
  const outcome = answer.o_outcome as StartReceipt["outcome"];
  return { receipt: { outcome, status: answer.o_status as RuntimeStatus, executionId: execution }, concern: READY };
}

function packHistory(texts: Texts, no: InstanceNo, generation: number, history: readonly EditedRow[]): readonly number[] {
  const rows: number[] = [];
  for (const row of history) HISTORY.pack(rows, texts, { no, generation, expectedVersion: null, at: 0, ...row });
  return rows;
}
