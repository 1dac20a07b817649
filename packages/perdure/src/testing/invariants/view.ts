import type { HistoryEvent } from "../../model/history.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { StoreDump } from "../../store/contract.ts";
import type { HistoryChunk, InboxRow, InstanceRow, TaskRow, WorkerRow } from "../../store/rows.ts";
import type { OpenWork } from "./open-work.ts";
import { openWorkOf } from "./open-work.ts";

/** The history of one generation as it stands in the store. */
export interface GenerationView {
  readonly no: InstanceNo;
  readonly generation: number;
  readonly chunks: readonly HistoryChunk[];
  /** In the order of the chunks; empty where a chunk cannot be read (that is a violation of its own). */
  readonly events: readonly HistoryEvent[];
  readonly unreadable: readonly string[];
}

/** A dump with the ways to find one's way in it. */
export interface DumpView {
  readonly now: number;
  readonly clockSlackMs: number;
  readonly dump: StoreDump;
  readonly rows: ReadonlyMap<InstanceNo, InstanceRow>;
  readonly rowsById: ReadonlyMap<string, InstanceRow>;
  readonly generations: readonly GenerationView[];
  readonly inbox: ReadonlyMap<InstanceNo, readonly InboxRow[]>;
  readonly tasks: ReadonlyMap<InstanceNo, readonly TaskRow[]>;
  readonly workers: ReadonlyMap<number, WorkerRow>;
  /** History of the generation that the row names; empty when none is recorded yet. */
  current(row: InstanceRow): readonly HistoryEvent[];
  /** What that history leaves open. Read once for each row: several invariants ask, one of them for each task. */
  openWork(row: InstanceRow): OpenWork;
}

export function viewOf(dump: StoreDump, clockSlackMs: number): DumpView {
  const generations = readGenerations(dump);
  const byKey = new Map(generations.map((view) => [`${view.no}:${view.generation}`, view]));
  const current = (row: InstanceRow): readonly HistoryEvent[] => byKey.get(`${row.no}:${row.generation}`)?.events ?? [];
  const works = new Map<InstanceRow, OpenWork>();
  return {
    now: dump.now,
    clockSlackMs,
    dump,
    rows: new Map(dump.instances.map((row) => [row.no, row])),
    rowsById: new Map(dump.instances.map((row) => [row.instanceId, row])),
    generations,
    inbox: groupByNo(dump.inbox),
    tasks: groupByNo(dump.tasks),
    workers: new Map(dump.workers.map((row) => [row.worker, row])),
    current,
    openWork: (row) => {
      let work = works.get(row);
      if (work === undefined) {
        work = openWorkOf(row, current(row));
        works.set(row, work);
      }
      return work;
    },
  };
}

function readGenerations(dump: StoreDump): GenerationView[] {
  const groups = new Map<string, { no: InstanceNo; generation: number; chunks: HistoryChunk[] }>();
  for (const chunk of dump.history) {
    const key = `${chunk.no}:${chunk.generation}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { no: chunk.no, generation: chunk.generation, chunks: [chunk] });
    else group.chunks.push(chunk);
  }
  return [...groups.values()].map((group) => {
    group.chunks.sort((a, b) => a.firstSeq - b.firstSeq);
    const unreadable: string[] = [];
    const events: HistoryEvent[] = [];
    for (const chunk of group.chunks) events.push(...readChunk(chunk, unreadable));
    return { ...group, events, unreadable };
  });
}

function readChunk(chunk: HistoryChunk, unreadable: string[]): readonly HistoryEvent[] {
  const where = `the row at position ${chunk.firstSeq} of generation ${chunk.generation}`;
  let parsed: unknown;
  try {
    parsed = JSON.parse(chunk.events);
  } catch (error) {
    unreadable.push(`${where} is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
  if (!Array.isArray(parsed)) {
    unreadable.push(`${where} is not an array`);
    return [];
  }
  const events: unknown[] = parsed;
  const bad = events.findIndex((event) => !isEvent(event));
  if (bad >= 0) {
    unreadable.push(`${where} holds something that is not a history event: ${JSON.stringify(events[bad])?.slice(0, 200)}`);
    return [];
  }
  if (events.length !== chunk.count) unreadable.push(`${where} says ${chunk.count} events and holds ${events.length}`);
  return events.filter(isEvent);
}

const KINDS: { readonly [Kind in HistoryEvent["kind"]]: true } = {
  OrchestratorStarted: true,
  OrchestratorCompleted: true,
  ExecutionStarted: true,
  ExecutionCompleted: true,
  ExecutionTerminated: true,
  ExecutionSuspended: true,
  ExecutionResumed: true,
  TaskScheduled: true,
  TaskCompleted: true,
  TaskFailed: true,
  SubOrchestrationInstanceCreated: true,
  SubOrchestrationInstanceCompleted: true,
  SubOrchestrationInstanceFailed: true,
  TimerCreated: true,
  TimerCanceled: true,
  TimerFired: true,
  EventRaised: true,
  EventSent: true,
  PatchMarked: true,
  ExecutionRewound: true,
  ExecutionForked: true,
  ContinueAsNew: true,
  MessageIdsKept: true,
  EntityOperationCalled: true,
  EntityOperationSignaled: true,
  EntityOperationCompleted: true,
  EntityOperationFailed: true,
  EntityLockRequested: true,
  EntityLockGranted: true,
  EntityUnlockSent: true,
  EntityMessageHeld: true,
  EntityMessagesTaken: true,
};

function isEvent(value: unknown): value is HistoryEvent {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("ts" in value)) return false;
  return typeof value.kind === "string" && Object.hasOwn(KINDS, value.kind) && typeof value.ts === "number";
}

function groupByNo<Row extends { readonly no: InstanceNo }>(rows: readonly Row[]): ReadonlyMap<InstanceNo, readonly Row[]> {
  const groups = new Map<InstanceNo, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.no);
    if (group === undefined) groups.set(row.no, [row]);
    else group.push(row);
  }
  return groups;
}
