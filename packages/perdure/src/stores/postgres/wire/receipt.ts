import type { InstanceNo, WorkerId } from "../../../model/ids.ts";
import { eventId, instanceNo } from "../../../model/ids.ts";
import type { CommitReceipt } from "../../../store/commit.ts";
import { CLAIMED, CLAIMED_TASK, rowsOf } from "./answers.ts";

/** What `commit_batch` answers and its marker keeps; empty parts do not travel. */
interface WireReceipt {
  /** Messages before those of the batch (of finished tasks, of creates that may not start); the receipt does not list them. */
  readonly leading?: number;
  readonly notStarted?: readonly InstanceNo[];
  readonly ready?: true;
  /** Numbers with commas between; empty: no row. Absent: no messages. */
  readonly seqs?: string;
  readonly unknown?: readonly number[];
  readonly done?: readonly number[];
  readonly mailFor?: readonly InstanceNo[];
  readonly owners?: readonly WorkerId[];
  readonly released?: readonly InstanceNo[];
  readonly stopped?: readonly InstanceNo[];
  readonly claimed?: readonly number[];
  readonly suspect?: true;
  readonly claimedTasks?: readonly number[];
}

const PLAIN: WireReceipt = {};
const NONE: readonly never[] = [];

export function receiptOf(now: number, json: string | null): CommitReceipt {
  const wire = json === null ? PLAIN : (JSON.parse(json) as WireReceipt);
  const { leading = 0 } = wire;
  return {
    now,
    notStarted: wire.notStarted ?? NONE,
    undelivered: undelivered(wire, leading),
    messageSeqs: wire.seqs === undefined ? NONE : wire.seqs.split(",").slice(leading).map(seqOf),
    released: wire.released ?? NONE,
    stoppedNos: wire.stopped ?? NONE,
    claimed: rowsOf(CLAIMED, wire.claimed ?? NONE, ({ no, version }) => ({ no: instanceNo(no), version })),
    claimedSuspect: wire.suspect === true,
    claimedTasks: rowsOf(CLAIMED_TASK, wire.claimedTasks ?? NONE, ({ no, generation, event_id }) => ({
      no: instanceNo(no),
      generation,
      eventId: eventId(event_id),
    })),
    mailFor: wire.mailFor ?? NONE,
    owners: wire.owners ?? NONE,
    madeReady: wire.ready === true,
  };
}

/** `1790000000000 {"claimed":…}`. */
export function parseAnswer(answer: string): { readonly now: number; readonly json: string | null } {
  const blank = answer.indexOf(" ");
  return blank < 0 ? { now: Number(answer), json: null } : { now: Number(answer.slice(0, blank)), json: answer.slice(blank + 1) };
}

const seqOf = (text: string): number | null => (text === "" ? null : Number(text));

function undelivered({ unknown = NONE, done = NONE }: WireReceipt, leading: number): CommitReceipt["undelivered"] {
  if (unknown.length + done.length === 0) return NONE;
  const all = [
    ...unknown.map((position) => ({ index: position - leading, why: "notFound" as const })),
    ...done.map((position) => ({ index: position - leading, why: "done" as const })),
  ];
  return all.filter(({ index }) => index >= 0).sort((a, b) => a.index - b.index);
}
