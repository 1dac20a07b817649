import type { InstanceNo } from "../../../model/ids.ts";
import type { GroupCommit, InstanceUpdate, NewTask, Release, Stop, TaskHeartbeat } from "../../../store/commit.ts";
import { functionKey, functionKeys } from "../../../store/wake.ts";
import { birthRow, nextWakeNumber, updateRow } from "./instance-row.ts";
import { int8Array } from "./int8-array.ts";
import { ALWAYS, messageRow } from "./message-row.ts";
import { Texts } from "./texts.ts";

/** A group commit as `commit_batch` takes it (migrations/0007). */
export function toWire(batch: GroupCommit): readonly unknown[] {
  const texts = new Texts();
  const { creates, bornUpdates, lateNos } = birthsOf(batch, texts);
  const isLate = (no: InstanceNo) => lateNos.size > 0 && lateNos.has(no);
  const history: number[] = [];
  for (const { no, expectedVersion, generation, firstSeq, count, at, events } of batch.history) {
    if (isLate(no)) continue;
    history.push(no, expectedVersion ?? -1, generation, firstSeq, count, at);
    texts.payload(history, events);
  }
  const updates: number[] = [];
  for (const update of [...batch.updates].sort(byNo)) if (!bornUpdates.has(update) && !isLate(update.no)) updateRow(updates, texts, update);
  const finished = batch.finishedTasks.flatMap(({ no, generation, eventId, attempts }) => [no, generation, eventId, attempts]);
  const { messages, leading } = messagesOf(batch, texts);
  const cancels = batch.cancelTasks.flatMap(({ no, generation, eventId }) => [no, generation, eventId ?? -1]);
  const arrays = [
    creates,
    history,
    updates,
    batch.consumed.flatMap(({ no, seq }) => [no, seq]),
    finished,
    messages,
    tasksOf(batch.newTasks, texts),
    beatsOf(batch.heartbeats, texts),
    cancels,
    leavesOf(batch.releases, batch.stops, texts),
  ];
  return [int8Array(headOf(batch, leading)), batch.token, ...arrays.map(int8Array), ...claimsOf(batch), texts.bytes];
}

/** In order of number: the functions find a row's values by bisection. */
const byNo = (a: { readonly no: number }, b: { readonly no: number }) => a.no - b.no;

function claimsOf({ claim, claimTasks }: GroupCommit): readonly unknown[] {
  const activities = functionKeys(claimTasks?.activities ?? []);
  const limit = claimTasks?.limit ?? 0;
  const limits = activities.map((name) => Math.min(limit, claimTasks?.limits?.[name] ?? limit));
  return [functionKeys(claim?.orchestrators ?? []), activities, int8Array(limits)];
}

const headOf = ({ worker, fence, n, follows, updates, claim, claimTasks }: GroupCommit, leading: number) => [
  worker,
  fence,
  n,
  follows,
  claim?.limit ?? -1,
  claimTasks?.limit ?? -1,
  claimTasks?.suspects.length ?? 0,
  leading,
  claim?.suspects.length ?? 0,
  updates.some(({ input }) => input !== undefined) ? 1 : 0,
  ...(claim?.suspects ?? []),
  ...(claimTasks?.suspects ?? []),
];

function birthsOf(batch: GroupCommit, texts: Texts) {
  const creates: number[] = [];
  const bornUpdates = new Set<InstanceUpdate>();
  const lateNos = new Set<InstanceNo>();
  if (batch.creates.length === 0) return { creates, bornUpdates, lateNos };
  const updates = new Map(batch.updates.map((update) => [update.no, update]));
  for (const create of batch.creates) {
    const update = create.owned && create.onExisting !== "replaceEnded" ? updates.get(create.no) : undefined;
    const first = update?.expectedVersion === 0 ? update : undefined;
    if (first !== undefined) bornUpdates.add(first);
    if (create.onExisting === "replaceEnded") lateNos.add(create.no);
    birthRow(creates, texts, { ...create, first });
  }
  return { creates, bornUpdates, lateNos };
}

/** In sending order (ownership.md 4.5): results of tasks, what stands for starts, then the rest. */
function messagesOf(batch: GroupCommit, texts: Texts): { readonly messages: readonly number[]; readonly leading: number } {
  const messages: number[] = [];
  let leading = 0;
  for (const [position, { message }] of batch.finishedTasks.entries()) {
    if (message === null) continue;
    messageRow(messages, texts, message, { kind: "finished", position });
    leading += 1;
  }
  for (const { no, ifExists } of batch.creates) {
    if (ifExists === null) continue;
    messageRow(messages, texts, ifExists, { kind: "notStarted", no });
    leading += 1;
  }
  for (const message of batch.messages) messageRow(messages, texts, message, ALWAYS);
  return { messages, leading };
}

function tasksOf(tasks: readonly NewTask[], texts: Texts): readonly number[] {
  const rows: number[] = [];
  for (const { no, generation, eventId, claimed, notBefore, crashes, instanceId, name, body, progress } of tasks) {
    rows.push(no, generation, eventId, claimed ? 1 : 0, notBefore, crashes);
    texts.plain(rows, instanceId, "instance id");
    texts.common(rows, name);
    texts.common(rows, functionKey(name));
    texts.payload(rows, body);
    texts.payload(rows, progress);
  }
  return rows;
}

function beatsOf(beats: readonly TaskHeartbeat[], texts: Texts): readonly number[] {
  const rows: number[] = [];
  for (const { no, generation, eventId, progress } of beats) {
    rows.push(no, generation, eventId);
    texts.payload(rows, progress);
  }
  return rows;
}

const HOW = { sleep: 0, ready: 1, stop: 2 } as const;

function leavesOf(releases: readonly Release[], stops: readonly Stop[], texts: Texts): readonly number[] {
  const rows: number[] = [];
  for (const leave of [...releases, ...stops].sort(byNo)) {
    if ("reason" in leave) {
      rows.push(leave.no, leave.version, HOW.stop, leave.crashes ?? -1);
      texts.plain(rows, JSON.stringify(leave.reason), "reason");
    } else rows.push(leave.no, leave.version, leave.asReady ? HOW.ready : HOW.sleep, nextWakeNumber(leave.nextWake), 0, 0);
  }
  return rows;
}
