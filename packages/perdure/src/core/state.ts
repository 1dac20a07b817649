import type { EditMark } from "../model/edit-mark.ts";
import type { EntityLock, EntityOp } from "../model/entity-message.ts";
import type { EntityNotes } from "../model/entity-notes.ts";
import { parseNotes } from "../model/entity-notes.ts";
import type { EventRaised, HistoryEvent, MessageIdsKept, ParentRef, Tags, TaskScheduled } from "../model/history.ts";
import type { EventId, ExecutionId, InstanceId, InstanceNo, Seed } from "../model/ids.ts";
import type { Payload } from "../model/payload.ts";
import { newSeed } from "../model/seed.ts";
import type { RuntimeStatus } from "../model/status.ts";

/**
 * What the engine must know of an instance between episodes. It is the fold of the history of the current generation over the row it was
 * born with (`fold.ts`): nothing in here is stored by itself, so a reloaded instance is the same as one that never left.
 */
export interface InstanceState {
  readonly no: InstanceNo;
  readonly instanceId: InstanceId;
  readonly name: string;
  version: string | null;
  readonly parent: ParentRef | null;
  tags: Tags | null;
  /** Scheduled start of the first generation, ms; null: at once. */
  readonly startAt: number | null;
  generation: number;
  executionId: ExecutionId;
  /** The recorded one; until ExecutionStarted is recorded, the one that will be. */
  seed: Seed;
  input: Payload | null;
  status: RuntimeStatus;
  customStatus: Payload | null;
  /** Events recorded in this generation. */
  nextSeq: number;
  /** About the bytes of these events (`history-size.ts`). */
  historyBytes: number;
  /** OrchestratorStarted events recorded in this generation. */
  episodes: number;
  /** ExecutionStarted is recorded. */
  started: boolean;
  suspended: boolean;
  /** Time of the last event: the instance's clock never falls. */
  clock: number;
  readonly activities: Map<EventId, TaskScheduled>;
  /** Open timers and when they fire. */
  timers: ReadonlyMap<EventId, number>;
  /** Children that this generation waits for. */
  children: ReadonlyMap<EventId, InstanceId>;
  /** Operations of entities that this generation waits for. */
  entityCalls: ReadonlySet<EventId>;
  /** The critical section of this generation; null: none is asked for. */
  lock: OpenLock | null;
  /** What it is as an entity; null: it is an orchestration. */
  readonly entity: EntityState | null;
  /** Recorded events that no episode has delivered yet; {@link NOTHING_WAITS}, or a list of its own. */
  waiting: HistoryEvent[];
  inEpisode: boolean;
  /** Number of the last action; -1: none yet. */
  lastAction: number;
  /** Names of the external events that it waits for, as its executor said last. */
  openEvents: readonly string[];
  /** Sender-chosen ids of the events of this generation, and of earlier ones as they were kept (`message-ids.ts`), each with its time. */
  messageIds: ReadonlyMap<string, number>;
  /** Null: its history is as it happened. */
  edit: EditState | null;
}

/** What a rewind or a fork leaves behind in the state of an instance. */
export interface EditState {
  readonly mark: EditMark;
  /** No episode was recorded since: until one is, the history may still be cut where the code no longer asks for it. */
  readonly isFresh: boolean;
  /** Seeds of the calls before the marks, in rising order. */
  readonly earlierSeeds: readonly { readonly upTo: EventId; readonly seed: Seed }[];
}

/** A critical section from the orchestration's side. */
export interface OpenLock {
  /** Of the request. */
  readonly id: EventId;
  /** In the order in which they are locked. */
  readonly entities: readonly InstanceId[];
  /** False: it is asked for, and some of the entities may be locked for it already. */
  readonly granted: boolean;
}

/** An entity between two batches: its row, and the fold of its history. */
export interface EntityState {
  /** JSON text; null: it does not exist. The row's `input`. */
  value: Payload | null;
  /** All else that its row keeps, in `custom_status`. */
  notes: EntityNotes;
  /** Messages that may not go yet, in order of their places; a list of its own. */
  held: HeldMessage[];
  /** EntityMessageHeld events of this generation: the place of the next one. */
  heldBefore: number;
}

export interface HeldMessage {
  readonly place: number;
  readonly message: EntityOp | EntityLock;
}

export type EntityInstance = InstanceState & { readonly entity: EntityState };

export const isEntity = (state: InstanceState): state is EntityInstance => state.entity !== null;

/** From its row, before its history is folded. */
export const entityOfRow = (row: { readonly input: Payload | null; readonly customStatus: Payload | null }): EntityState => ({
  value: row.input,
  notes: parseNotes(row.customStatus),
  held: [],
  heldBefore: 0,
});

/**
 * One empty list for all instances. With a new one at each episode V8 sees lists that outlive a collection and makes all further ones in its old
 * generation, where they are not looked at for a while, and whatever they held (the results of activities) is copied there as well: 0.9 KB for each
 * instance of five activities, by a sampled heap profile (Node 26.10).
 */
export const NOTHING_WAITS: HistoryEvent[] = [];

/** Most instances have no timer, no child and no event with an id: their map is created with the first entry ({@link put}, {@link included}). */
export const NO_ENTRIES: ReadonlyMap<never, never> = new Map<never, never>();
export const NO_MEMBERS: ReadonlySet<never> = new Set<never>();

/** The map with the entry: the same one, unless it was {@link NO_ENTRIES}. */
export function put<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key, value: Value): ReadonlyMap<Key, Value> {
  const own: Map<Key, Value> = map === NO_ENTRIES ? new Map() : (map as Map<Key, Value>);
  return own.set(key, value);
}

export function remove<Key>(map: ReadonlyMap<Key, unknown>, key: Key): void {
  if (map !== NO_ENTRIES) (map as Map<Key, unknown>).delete(key);
}

export function without<Member>(set: ReadonlySet<Member>, member: Member): void {
  if (set !== NO_MEMBERS) (set as Set<Member>).delete(member);
}

/** As {@link put}. */
export function included<Member>(set: ReadonlySet<Member>, member: Member): ReadonlySet<Member> {
  const own: Set<Member> = set === NO_MEMBERS ? new Set() : (set as Set<Member>);
  return own.add(member);
}

const NO_EVENTS: readonly string[] = [];

/** Where an instance comes from: its row when it is loaded, its start when it is born. */
export interface Birth {
  readonly no: InstanceNo;
  readonly instanceId: InstanceId;
  readonly name: string;
  readonly version: string | null;
  readonly parent: ParentRef | null;
  readonly tags: Tags | null;
  readonly startAt: number | null;
  readonly generation: number;
  readonly executionId: ExecutionId;
  readonly input: Payload | null;
  readonly customStatus: Payload | null;
  readonly createdAt: number;
  /** Absent: it is an orchestration. */
  readonly entity?: EntityState;
}

export function newState(birth: Birth): InstanceState {
  return {
    no: birth.no,
    instanceId: birth.instanceId,
    name: birth.name,
    version: birth.version,
    parent: birth.parent,
    tags: birth.tags,
    startAt: birth.startAt,
    generation: birth.generation,
    executionId: birth.executionId,
    seed: newSeed(birth.executionId),
    input: birth.input,
    status: birth.generation === 0 && birth.entity === undefined ? "Pending" : "Running",
    customStatus: birth.customStatus,
    nextSeq: 0,
    historyBytes: 0,
    episodes: 0,
    started: false,
    suspended: false,
    clock: birth.createdAt,
    activities: new Map(),
    timers: NO_ENTRIES,
    children: NO_ENTRIES,
    entityCalls: NO_MEMBERS,
    lock: null,
    entity: birth.entity ?? null,
    waiting: NOTHING_WAITS,
    inEpisode: false,
    lastAction: -1,
    openEvents: NO_EVENTS,
    messageIds: NO_ENTRIES,
    edit: null,
  };
}

/** What tells executions of one function apart, for workers and for people. */
export interface Labels {
  readonly version: string | null;
  readonly tags: Tags | null;
}

export interface NextGeneration {
  readonly executionId: ExecutionId;
  readonly input: Payload | null;
  /** Null: those of the generation before it. */
  readonly labels: Labels | null;
  /** First events of the new history: which messages are known, and those that were not waited for. */
  readonly carryOver: readonly (MessageIdsKept | EventRaised)[];
}

/** What the code says of its progress; no event records it. */
export function setCustomStatus(state: InstanceState, customStatus: Payload | null): void {
  state.customStatus = customStatus;
}

/** It has ended: nothing will be delivered any more. */
export function waitForNothing(state: InstanceState): void {
  state.waiting = NOTHING_WAITS;
}

/** Continue-as-new: the same instance, an empty history, a new execution. */
export function beginGeneration(state: InstanceState, { executionId, input, labels }: NextGeneration): void {
  state.generation += 1;
  state.executionId = executionId;
  if (labels !== null) {
    state.version = labels.version;
    state.tags = labels.tags;
  }
  state.seed = newSeed(executionId);
  state.input = input;
  state.status = "Running";
  state.nextSeq = 0;
  state.historyBytes = 0;
  state.episodes = 0;
  state.started = false;
  state.suspended = false;
  state.inEpisode = false;
  state.lastAction = -1;
  state.openEvents = NO_EVENTS;
  state.waiting = NOTHING_WAITS;
  state.activities.clear();
  state.timers = NO_ENTRIES;
  state.children = NO_ENTRIES;
  state.entityCalls = NO_MEMBERS;
  state.lock = null;
  state.messageIds = NO_ENTRIES;
  state.edit = null;
}

/** A new history of an entity, with the same row; what is held is recorded again. */
export function beginEntityGeneration(state: EntityInstance): void {
  state.generation += 1;
  state.nextSeq = 0;
  state.historyBytes = 0;
  state.entity.held = [];
  state.entity.heldBefore = 0;
}
