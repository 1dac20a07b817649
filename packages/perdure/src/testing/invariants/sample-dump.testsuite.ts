import type { EntityLock, EntityOp } from "../../model/entity-message.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { InstanceNo } from "../../model/ids.ts";
import { eventId, executionId, fence, instanceId, instanceNo, workerId } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import type { Payload } from "../../model/payload.ts";
import { payload } from "../../model/payload.ts";
import type { AuditRow } from "../../store/audit.ts";
import type { StoreDump } from "../../store/contract.ts";
import type { InstanceRow } from "../../store/rows.ts";

/** The parts of a dump as lists that a test may change. */
export interface OpenDump {
  now: number;
  instances: InstanceRow[];
  history: StoreDump["history"][number][];
  inbox: StoreDump["inbox"][number][];
  unread: StoreDump["unread"][number][];
  keptMail?: NonNullable<StoreDump["keptMail"]>;
  tasks: StoreDump["tasks"][number][];
  workers: StoreDump["workers"][number][];
  audit: StoreDump["audit"][number][];
}

export const NOW = 1_000_000;
/**
 * One finished, one waiting for its timer, one parent with its child, one owned with a task row, one stopped; one that has locked the first of two entities,
 * one whose call waits behind that lock, and these entities.
 */
export const NO = { done: 1, sleeping: 2, parent: 3, child: 4, working: 5, stopped: 6, locks: 7, calls: 8, locked: 9, asked: 10 } as const;

const ENTITIES = [instanceId("@account@a"), instanceId("@account@b")] as const;
export const SECTION: EntityLock = {
  ...{ kind: "entityLock", ts: 10, lock: { no: instanceNo(NO.locks), generation: 0, id: eventId(0) } },
  ...{ holder: instanceId(`i${NO.locks}`), entities: ENTITIES, at: 1 },
};
const CALL: EntityOp = {
  ...{ kind: "entityOp", ts: 10, operation: "add", input: null, due: null, lock: null },
  from: { no: instanceNo(NO.calls), generation: 0, taskId: eventId(0) },
};

export function sampleDump(): OpenDump {
  return {
    now: NOW,
    instances: [
      row(NO.done, { status: "Completed", completedAt: 900, output: '"ok"', nextWake: null }),
      row(NO.sleeping, { wakeAt: NOW + 500, nextWake: NOW + 500 }),
      row(NO.parent, { nextWake: null }),
      row(NO.child, {
        nextWake: null,
        parent: { no: instanceNo(NO.parent), instanceId: idOf(NO.parent), name: "main", generation: 0, taskId: eventId(0) },
      }),
      row(NO.working, { owner: workerId(7), nextWake: null }),
      row(NO.locks, { nextWake: null }),
      row(NO.calls, { nextWake: null }),
      row(NO.locked, { instanceId: ENTITIES[0], nextWake: null, customStatus: lockedBy(0) }),
      row(NO.asked, { instanceId: ENTITIES[1], nextWake: null, wakeAt: NOW }),
      row(NO.stopped, { stopped: { code: "NON_DETERMINISM", message: "?", at: 5, codeMayCure: true }, nextWake: "now" }),
    ],
    history: [
      chunk(NO.done, 0, [
        ...begun(NO.done),
        task(0),
        closed,
        { kind: "TaskCompleted", ts: 20, taskId: eventId(0), result: null },
        opened(20),
        closed2,
      ]),
      chunk(NO.done, 7, [{ kind: "ExecutionCompleted", ts: 900, status: "Completed", result: payload('"ok"') }]),
      chunk(NO.sleeping, 0, [
        ...begun(NO.sleeping),
        { kind: "TimerCreated", ts: 10, id: eventId(0), fireAt: 15 },
        closed,
        { kind: "TimerFired", ts: 20, timerId: eventId(0), fireAt: 15 },
        { kind: "EventRaised", ts: 20, name: "Go", input: null, messageId: "m1" },
        opened(20),
        { kind: "TimerCreated", ts: 20, id: eventId(1), fireAt: NOW + 500 },
        closed2,
      ]),
      chunk(NO.parent, 0, [...begun(NO.parent), childCreated, closed]),
      chunk(NO.child, 0, [...begun(NO.child), closed]),
      chunk(NO.working, 0, [...begun(NO.working), task(0), closed]),
      chunk(NO.stopped, 0, [...begun(NO.stopped), closed]),
      chunk(NO.locks, 0, [...begun(NO.locks), { kind: "EntityLockRequested", ts: 10, id: eventId(0), entities: ENTITIES }, closed]),
      chunk(NO.calls, 0, [
        ...begun(NO.calls),
        { kind: "EntityOperationCalled", ts: 10, id: eventId(0), instanceId: ENTITIES[0], operation: "add", input: null },
        closed,
      ]),
      chunk(NO.locked, 0, [{ kind: "EntityMessageHeld", ts: 11, message: CALL }]),
    ],
    inbox: [mail(NO.working, { kind: "event", ts: 30, name: "Go", input: null }), mail(NO.asked, SECTION, 9)],
    unread: [],
    tasks: [taskRow(NO.working)],
    workers: [worker(7), worker(8)],
    audit: [line(77, {}), line(NO.child, { what: "fork" })],
  };
}

/** Of a purge, long ago. */
export const line = (no: number, changes: Partial<AuditRow>): AuditRow => ({
  ...{ instanceId: idOf(no), no: instanceNo(no), what: "purge", at: 5, firstAt: 5, count: 1, by: null, reason: null, detail: "{}" },
  ...changes,
});

/** The custom status of an entity that the section of that number has locked. */
export const lockedBy = (id: number): string =>
  JSON.stringify({ lock: { key: { ...SECTION.lock, id }, holder: SECTION.holder, entities: ENTITIES, at: 0, since: 10 }, held: 1 });

export const idOf = (no: number) => instanceId(`i${no}`);
const none: Payload | null = null;
const opened = (ts: number): HistoryEvent => ({ kind: "OrchestratorStarted", ts });
const closed: HistoryEvent = { kind: "OrchestratorCompleted", ts: 10 };
const closed2: HistoryEvent = { kind: "OrchestratorCompleted", ts: 20 };
const task = (id: number): HistoryEvent => ({ kind: "TaskScheduled", ts: 10, id: eventId(id), name: "act", input: null });
const childCreated: HistoryEvent = {
  kind: "SubOrchestrationInstanceCreated",
  ts: 10,
  id: eventId(0),
  name: "main",
  instanceId: idOf(NO.child),
  input: null,
  version: null,
  tags: null,
  fireAndForget: false,
};

export const begun = (no: number): readonly HistoryEvent[] => [
  opened(10),
  {
    kind: "ExecutionStarted",
    ts: 10,
    name: "main",
    executionId: executionId(`e${no}`),
    generation: 0,
    input: none,
    version: null,
    parent: null,
    tags: null,
  },
];

export function chunk(no: number, firstSeq: number, events: readonly HistoryEvent[]): OpenDump["history"][number] {
  return { no: instanceNo(no), generation: 0, firstSeq, count: events.length, events: JSON.stringify(events) };
}

export function mail(no: number, message: Message, seq = 1): OpenDump["inbox"][number] {
  return { no: instanceNo(no), seq, kind: message.kind, generation: null, body: JSON.stringify(message), worker: null };
}

export function taskRow(no: number): OpenDump["tasks"][number] {
  const key = { no: instanceNo(no), generation: 0, eventId: eventId(0), instanceId: idOf(no), name: "act" };
  return {
    ...key,
    worker: workerId(7),
    attempts: 1,
    notBefore: 10,
    crashes: 0,
    body: '{"input":null,"attempt":1,"timeoutMs":null}',
    progress: null,
    createdAt: 10,
  };
}

export function worker(id: number): OpenDump["workers"][number] {
  const times = { leaseUntil: NOW + 1, renewals: 3, diedAt: null };
  return {
    worker: workerId(id),
    fence: fence(id),
    ...times,
    functions: { orchestrator: ["main"], activity: ["act"], entity: [] },
    host: "h",
    load: null,
    provenDead: false,
  };
}

export function row(no: number, change: Partial<InstanceRow>): InstanceRow {
  return {
    no: instanceNo(no),
    instanceId: idOf(no),
    name: "main",
    executionId: executionId(`e${no}`),
    startId: executionId(`e${no}`),
    generation: 0,
    version: 1,
    owner: null,
    wakeAt: null,
    nextWake: "now",
    crashes: 0,
    stopped: null,
    poisonCodeVersions: [],
    status: "Running",
    customStatus: null,
    input: null,
    output: null,
    orchestrationVersion: null,
    tags: null,
    parent: null,
    startAt: null,
    createdAt: 5,
    updatedAt: 10,
    completedAt: null,
    ...change,
  };
}

/** Changes one row in place. */
export function patch(dump: OpenDump, no: number, change: Partial<InstanceRow>): void {
  dump.instances = dump.instances.map((one) => (one.no === (no as InstanceNo) ? { ...one, ...change } : one));
}

/** Replaces the history of one instance by what `change` makes of it. */
export function rewrite(dump: OpenDump, no: number, change: (events: HistoryEvent[]) => HistoryEvent[]): void {
  const events = dump.history.filter((one) => one.no === no).flatMap((one) => JSON.parse(one.events) as HistoryEvent[]);
  dump.history = [...dump.history.filter((one) => one.no !== no), chunk(no, 0, change(events))];
}
