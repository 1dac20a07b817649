import type { InstanceId, InstanceNo } from "../../../model/ids.ts";
import type { GroupCommit, InstanceUpdate, NewTarget } from "../../../store/commit.ts";
import { limitOf } from "../../../store/wake.ts";
import { noteText } from "../start-call.ts";
import type { Head } from "./head-row.ts";
import { HEAD } from "./head-row.ts";
import { CONSUMED, HISTORY } from "./history-row.ts";
import { BIRTH, targetBirth, UPDATE } from "./instance-row.ts";
import { int8Array } from "./int8-array.ts";
import { packAll } from "./layout.ts";
import type { BatchArguments } from "./layouts.ts";
import { BATCH_ARGUMENTS, LAYOUT_NUMBER } from "./layouts.ts";
import { LEAVE } from "./leave-row.ts";
import { ALWAYS, MESSAGE } from "./message-row.ts";
import { CANCEL, FINISHED_TASK, GIVEN_BACK_TASK, HEARTBEAT, NEW_TASK } from "./task-rows.ts";
import { Texts } from "./texts.ts";
import { versionsOf } from "./versions-of.ts";

const ORDER = Object.keys(BATCH_ARGUMENTS) as readonly (keyof BatchArguments)[];

/** A group commit as `commit_batch` takes it. */
export function toWire(batch: GroupCommit): readonly unknown[] {
  const values = argumentsOf(batch);
  return ORDER.map((name) => values[name]);
}

function argumentsOf(batch: GroupCommit): BatchArguments {
  const texts = new Texts();
  const { creates, bornUpdates, lateNos } = birthsOf(batch, texts);
  const isLate = ({ no }: { readonly no: InstanceNo }) => lateNos.has(no);
  const history = lateNos.size === 0 ? batch.history : batch.history.filter((row) => !isLate(row));
  const updates = batch.updates.filter((update) => !bornUpdates.has(update) && !isLate(update)).sort(byNo);
  const { messages, leading } = messagesOf(batch, texts);
  const rows = {
    token: batch.token,
    creates: int8Array(creates),
    history: int8Array(packAll(HISTORY, history, texts)),
    updates: int8Array(packAll(UPDATE, updates, texts)),
    notes: batch.notes.length === 0 ? null : `[${batch.notes.map(({ no, note }) => `{"no":${no},"note":${noteText(note)}}`).join(",")}]`,
    consumed: int8Array(packAll(CONSUMED, batch.consumed, texts)),
    finished: int8Array(packAll(FINISHED_TASK, batch.finishedTasks, texts)),
    messages: int8Array(messages),
    tasks: int8Array(packAll(NEW_TASK, batch.newTasks, texts)),
    beats: int8Array(packAll(HEARTBEAT, batch.heartbeats, texts)),
    given_back: int8Array(packAll(GIVEN_BACK_TASK, batch.givenBackTasks, texts)),
    cancels: int8Array(packAll(CANCEL, batch.cancelTasks, texts)),
    leaves: int8Array(packAll(LEAVE, [...batch.releases, ...batch.stops].sort(byNo), texts)),
  };
  const head = headOf({ batch, leading, hasPacked: texts.hasPacked }, texts); // last: the rows have packed their strings
  return { layout: LAYOUT_NUMBER, head: int8Array(head), ...rows, ...claimsOf(batch), bytes: texts.bytes };
}

/** In order of number: the functions find a row's values by bisection. */
const byNo = (a: { readonly no: number }, b: { readonly no: number }) => a.no - b.no;

function claimsOf({ claim, claimTasks }: GroupCommit): Pick<BatchArguments, "claim" | "claim_versions" | "claim_tasks" | "task_limits"> {
  const taskKeys = claimTasks?.keys ?? [];
  const limit = claimTasks?.limit ?? 0;
  const limits = taskKeys.map((key) => Math.min(limit, limitOf(claimTasks?.limits, key) ?? limit));
  const keys = claim?.keys ?? [];
  return { claim: keys, claim_versions: versionsOf(keys, claim?.versions), claim_tasks: taskKeys, task_limits: int8Array(limits) };
}

function headOf(row: Head, texts: Texts): readonly number[] {
  const head: number[] = [];
  HEAD.pack(head, texts, row);
  return [...head, ...(row.batch.claim?.suspects ?? []), ...(row.batch.claimTasks?.suspects ?? [])];
}

function birthsOf(batch: GroupCommit, texts: Texts) {
  const creates: number[] = [];
  const bornUpdates = new Set<InstanceUpdate>();
  const lateNos = new Set<InstanceNo>();
  const updates = new Map(batch.creates.length === 0 ? [] : batch.updates.map((update) => [update.no, update]));
  for (const create of batch.creates) {
    const update = create.owned && create.onExisting !== "replaceEnded" ? updates.get(create.no) : undefined;
    const first = update?.expectedVersion === 0 ? update : undefined;
    if (first !== undefined) bornUpdates.add(first);
    if (create.onExisting === "replaceEnded") lateNos.add(create.no);
    BIRTH.pack(creates, texts, { ...create, first });
  }
  for (const target of targetsOf(batch)) BIRTH.pack(creates, texts, targetBirth(target)); // last: a birth of the same id comes before it
  return { creates, bornUpdates, lateNos };
}

/** One for each id: the first. */
function targetsOf({ messages }: GroupCommit): Iterable<NewTarget> {
  const targets = new Map<InstanceId, NewTarget>();
  for (const { orCreate } of messages) {
    if (orCreate !== undefined && !targets.has(orCreate.start.instanceId)) targets.set(orCreate.start.instanceId, orCreate);
  }
  return targets.values();
}

/** In sending order: results of tasks, what is sent in place of starts, then the rest. */
function messagesOf(batch: GroupCommit, texts: Texts): { readonly messages: readonly number[]; readonly leading: number } {
  const messages: number[] = [];
  let leading = 0;
  for (const [position, { message }] of batch.finishedTasks.entries()) {
    if (message === null) continue;
    MESSAGE.pack(messages, texts, { ...message, condition: { kind: "finished", position } });
    leading += 1;
  }
  for (const { no, ifExists } of batch.creates) {
    if (ifExists === null) continue;
    MESSAGE.pack(messages, texts, { ...ifExists, condition: { kind: "notStarted", no } });
    leading += 1;
  }
  for (const message of batch.messages) MESSAGE.pack(messages, texts, { ...message, condition: ALWAYS });
  return { messages, leading };
}
