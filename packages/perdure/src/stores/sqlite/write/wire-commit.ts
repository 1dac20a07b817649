import type { ClaimRequest, ClaimTasksRequest, GroupCommit, HistoryAppend, InstanceUpdate } from "../../../store/commit.ts";
import { nextWakeColumn } from "../../sql-rows.ts";
import { packOrNull } from "../payload-column.ts";
import type { HistoryColumns } from "../statements/insert-history.ts";
import type { EpisodeColumns } from "../statements/update-instance.ts";

/**
 * A group commit as it goes to the writer's thread. What most episodes have (a history row, perhaps an update) lies flat: structured clone of
 * 256 episodes costs this thread 0.48 µs each as objects, 0.19 µs as flat arrays, 0.77 µs as JSON text (2 × 3 GHz, Node 26).
 * Empty parts do not travel.
 */
export interface WireCommit {
  readonly worker: number;
  readonly fence: number;
  readonly n: number;
  readonly token: string;
  readonly follows: number;
  /** {@link HISTORY_STRIDE} values per row. */
  readonly history: readonly (number | string | null)[];
  /** {@link UPDATE_STRIDE} values per row. */
  readonly updates: readonly (number | string | null)[];
  /** Updates that are more than the plain one: new input, or the end. */
  readonly extras: readonly UpdateExtra[] | null;
  readonly rest: CommitRest | null;
}

export const HISTORY_STRIDE = 7;
export const UPDATE_STRIDE = 9;

export type UpdateExtra = Pick<InstanceUpdate, "no" | "input" | "completed">;

type RestKey = "creates" | "consumed" | "finishedTasks" | "messages" | "newTasks" | "heartbeats" | "cancelTasks" | "releases" | "stops";

/** Absent: empty. */
export type CommitRest = { readonly [Key in RestKey]?: GroupCommit[Key] } & {
  readonly claim?: ClaimRequest;
  readonly claimTasks?: ClaimTasksRequest;
};

const REST_KEYS: readonly RestKey[] = [
  "creates",
  "consumed",
  "finishedTasks",
  "messages",
  "newTasks",
  "heartbeats",
  "cancelTasks",
  "releases",
  "stops",
];

export function toWire(batch: GroupCommit): WireCommit {
  const { worker, fence, n, token, follows } = batch;
  const extras = batch.updates.filter((update) => update.completed !== undefined || update.input !== undefined).map(toExtra);
  return {
    worker,
    fence,
    n,
    token,
    follows,
    history: flatHistory(batch.history),
    updates: flatUpdates(batch.updates),
    extras: extras.length === 0 ? null : extras,
    rest: restOf(batch),
  };
}

function flatHistory(rows: readonly HistoryAppend[]): WireCommit["history"] {
  const flat: (number | string | null)[] = [];
  for (const row of rows) flat.push(row.no, row.expectedVersion, row.generation, row.firstSeq, row.count, row.events, row.at);
  return flat;
}

function flatUpdates(rows: readonly InstanceUpdate[]): WireCommit["updates"] {
  const flat: (number | string | null)[] = [];
  for (const row of rows) {
    flat.push(
      row.no,
      row.expectedVersion,
      row.version,
      row.generation,
      row.executionId,
      row.status,
      row.customStatus,
      nextWakeColumn(row.nextWake),
      row.updatedAt,
    );
  }
  return flat;
}

export function historyAt(history: WireCommit["history"], at: number): HistoryColumns {
  return {
    no: history[at] as number,
    generation: history[at + 2] as number,
    firstSeq: history[at + 3] as number,
    count: history[at + 4] as number,
    events: history[at + 5] as string,
    at: history[at + 6] as number,
  };
}

export function columnsAt(updates: WireCommit["updates"], at: number): EpisodeColumns {
  return {
    no: updates[at] as number,
    expectedVersion: updates[at + 1] as number,
    version: updates[at + 2] as number,
    generation: updates[at + 3] as number,
    executionId: updates[at + 4] as string,
    status: updates[at + 5] as string,
    customStatus: packOrNull(updates[at + 6] as string | null),
    nextWake: updates[at + 7] as number | null,
    updatedAt: updates[at + 8] as number,
  };
}

const toExtra = ({ no, input, completed }: InstanceUpdate): UpdateExtra => ({
  no,
  ...(input === undefined ? {} : { input }),
  ...(completed === undefined ? {} : { completed }),
});

function restOf(batch: GroupCommit): CommitRest | null {
  const rest: { [key: string]: unknown } = {};
  for (const key of REST_KEYS) if (batch[key].length > 0) rest[key] = batch[key];
  if (batch.claim !== null) rest.claim = batch.claim;
  if (batch.claimTasks !== null) rest.claimTasks = batch.claimTasks;
  return Object.keys(rest).length === 0 ? null : (rest as CommitRest);
}
