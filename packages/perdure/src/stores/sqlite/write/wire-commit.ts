import type { ParentRef, Tags } from "../../../model/history.ts";
import type { ExecutionId, InstanceId, InstanceNo } from "../../../model/ids.ts";
import type { Payload } from "../../../model/payload.ts";
import type { ClaimRequest, ClaimTasksRequest, GroupCommit, HistoryAppend, InstanceUpdate, NewInstance } from "../../../store/commit.ts";
import { CREATE_COLUMNS, HISTORY_COLUMNS, UPDATE_COLUMNS } from "../../episode-rows.ts";
import { layoutNumberOf, namesAndKinds } from "../../row-columns.ts";
import type { FlatRows, RowOf } from "./flat-rows.ts";
import { flatKind } from "./flat-rows.ts";

const CREATE = flatKind<NewInstance>()(CREATE_COLUMNS);
const HISTORY = flatKind<HistoryAppend>()(HISTORY_COLUMNS);
const UPDATE = flatKind<InstanceUpdate>()(UPDATE_COLUMNS);

export type HistoryRow = RowOf<typeof HISTORY_COLUMNS>;
export type UpdateRow = RowOf<typeof UPDATE_COLUMNS>;

/**
 * A group commit as it goes to the writer's thread. What most episodes have (a history row, perhaps an update or a birth) lies flat. Packing, structured clone and
 * reading of 256 history rows with 86 updates take 0.78 µs for each history row; 0.93 µs when the ends of instances were objects (November 2026, 2 × 3 GHz,
 * Node 26). Objects for all of it take 0.3 µs more, JSON 0.6 µs. Empty parts do not travel.
 */
export interface WireCommit {
  readonly worker: number;
  readonly fence: number;
  readonly n: number;
  readonly token: string;
  readonly follows: number;
  readonly creates?: FlatRows;
  readonly history?: FlatRows;
  readonly updates?: FlatRows;
  readonly rest?: CommitRest;
}

type RestKey =
  | "notes"
  | "consumed"
  | "finishedTasks"
  | "messages"
  | "newTasks"
  | "heartbeats"
  | "givenBackTasks"
  | "cancelTasks"
  | "releases"
  | "stops";

/** Absent: empty. */
export type CommitRest = { readonly [Key in RestKey]?: GroupCommit[Key] } & {
  /** Of those among `creates` that have one. */
  readonly ifExists?: readonly Pick<NewInstance, "no" | "ifExists">[];
  readonly claim?: ClaimRequest;
  readonly claimTasks?: ClaimTasksRequest;
};

const REST_KEYS: readonly RestKey[] = [
  "notes",
  "consumed",
  "finishedTasks",
  "messages",
  "newTasks",
  "heartbeats",
  "givenBackTasks",
  "cancelTasks",
  "releases",
  "stops",
];

/** Raise it when the meaning of a column, or a row of {@link CommitRest}, changes and no name or place of a column does. */
const REVISION = 3;

/** The writer's thread compares it with its own before it opens the file: its code may lie in a file of another release. */
export const LAYOUT_NUMBER: number = layoutNumberOf([
  REVISION,
  namesAndKinds(CREATE_COLUMNS),
  namesAndKinds(HISTORY_COLUMNS),
  namesAndKinds(UPDATE_COLUMNS),
  REST_KEYS,
]);

export function toWire(batch: GroupCommit): WireCommit {
  const { worker, fence, n, token, follows } = batch;
  const wire: { -readonly [Key in keyof WireCommit]: WireCommit[Key] } = { worker, fence, n, token, follows };
  const creates = CREATE.pack(batch.creates);
  if (creates !== undefined) wire.creates = creates;
  const history = HISTORY.pack(batch.history);
  if (history !== undefined) wire.history = history;
  const updates = UPDATE.pack(batch.updates);
  if (updates !== undefined) wire.updates = updates;
  const rest = restOf(batch);
  if (rest !== null) wire.rest = rest;
  return wire;
}

const NO_ROWS: readonly never[] = [];

export function createdRows({ creates, rest }: WireCommit): readonly NewInstance[] {
  if (creates === undefined) return NO_ROWS;
  const { at } = CREATE;
  const ifExists = rest?.ifExists === undefined ? null : new Map(rest.ifExists.map((row) => [row.no, row.ifExists]));
  const rows: NewInstance[] = [];
  for (let row = 0; row < CREATE.count(creates); row += 1) {
    const no = at.no(creates, row) as InstanceNo;
    const startAt = at.startAt(creates, row);
    rows.push({
      no,
      start: {
        instanceId: at.instanceId(creates, row) as InstanceId,
        executionId: at.executionId(creates, row) as ExecutionId,
        name: at.name(creates, row),
        input: at.input(creates, row) as Payload | null,
        version: at.version(creates, row),
        tags: fromJson<Tags>(at.tags(creates, row)),
        parent: fromJson<ParentRef>(at.parent(creates, row)),
        startAt: startAt === -1 ? null : startAt,
      },
      owned: at.owned(creates, row) === 1,
      onExisting: at.onExisting(creates, row),
      ifExists: ifExists?.get(no) ?? null,
      wakeAt: at.wakeAt(creates, row),
      createdAt: at.createdAt(creates, row),
    });
  }
  return rows;
}

/** Of our own making, a moment ago. */
const fromJson = <Value>(text: string | null): Value | null => (text === null ? null : (JSON.parse(text) as Value));

/** Objects of their own, written out: made in a loop over the columns they would cost 0.1 µs more each. */
export function historyRows({ history }: WireCommit): readonly HistoryRow[] {
  if (history === undefined) return NO_ROWS;
  const { no, expectedVersion, generation, firstSeq, count, events, at } = HISTORY.at;
  const rows: HistoryRow[] = [];
  for (let row = 0; row < HISTORY.count(history); row += 1) {
    rows.push({
      no: no(history, row),
      expectedVersion: expectedVersion(history, row),
      generation: generation(history, row),
      firstSeq: firstSeq(history, row),
      count: count(history, row),
      at: at(history, row),
      events: events(history, row),
    });
  }
  return rows;
}

export function updateRows({ updates }: WireCommit): readonly UpdateRow[] {
  if (updates === undefined) return NO_ROWS;
  const { at } = UPDATE;
  const rows: UpdateRow[] = [];
  for (let row = 0; row < UPDATE.count(updates); row += 1) {
    rows.push({
      no: at.no(updates, row),
      expectedVersion: at.expectedVersion(updates, row),
      version: at.version(updates, row),
      generation: at.generation(updates, row),
      nextWake: at.nextWake(updates, row),
      updatedAt: at.updatedAt(updates, row),
      endedAs: at.endedAs(updates, row),
      hasInput: at.hasInput(updates, row),
      hasLabels: at.hasLabels(updates, row),
      continuedAsNew: at.continuedAsNew(updates, row),
      executionId: at.executionId(updates, row),
      status: at.status(updates, row),
      customStatus: at.customStatus(updates, row),
      input: at.input(updates, row),
      output: at.output(updates, row),
      orchestrationVersion: at.orchestrationVersion(updates, row),
      tags: at.tags(updates, row),
    });
  }
  return rows;
}

function restOf(batch: GroupCommit): CommitRest | null {
  const rest: { [key: string]: unknown } = {};
  for (const key of REST_KEYS) if (batch[key].length > 0) rest[key] = batch[key];
  const ifExists = batch.creates.filter((create) => create.ifExists !== null);
  if (ifExists.length > 0) rest.ifExists = ifExists.map((create) => ({ no: create.no, ifExists: create.ifExists }));
  if (batch.claim !== null) rest.claim = batch.claim;
  if (batch.claimTasks !== null) rest.claimTasks = batch.claimTasks;
  return Object.keys(rest).length === 0 ? null : (rest as CommitRest);
}
