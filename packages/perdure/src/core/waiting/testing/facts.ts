import type { HistoryEvent } from "../../../model/history.ts";
import { eventId, executionId, instanceId, instanceNo, workerId } from "../../../model/ids.ts";
import { foldAll } from "../../fold.ts";
import { newState } from "../../state.ts";
import type { TaskFacts, WaitFacts, WorkerFacts } from "../facts.ts";

export const NOW = 1_000_000;
export const NEVER_DIED = { count: 0, isSuspect: false };
export const worker: WorkerFacts = {
  worker: workerId(3),
  host: "host-a",
  leaseUntil: NOW + 1_000,
  isLive: true,
  functions: { orchestrator: ["Order"], activity: ["Ship"], entity: [] },
  load: { owned: 0, maxOwned: 10, activities: 0, maxActivities: 2 },
};
export const dead: WorkerFacts = { ...worker, worker: workerId(4), host: "host-b", leaseUntil: NOW - 1_000, isLive: false };

export const STARTED: readonly HistoryEvent[] = [
  { kind: "OrchestratorStarted", ts: 1_000 },
  {
    ...{ kind: "ExecutionStarted", ts: 1_000, name: "Order", executionId: executionId("e"), generation: 0, input: null, version: "1.0" },
    ...{ parent: null, tags: null },
  },
];
export const rest = (...events: readonly HistoryEvent[]): readonly HistoryEvent[] => [
  ...STARTED,
  ...events,
  { kind: "OrchestratorCompleted", ts: 1_000 },
];
export const called: HistoryEvent = { kind: "TaskScheduled", ts: 2_000, id: eventId(0), name: "Ship", input: null };
export const child: HistoryEvent = {
  ...{ kind: "SubOrchestrationInstanceCreated", ts: 2_000, id: eventId(0), name: "Pay", instanceId: instanceId("pay-1"), input: null },
  ...{ version: null, tags: null, fireAndForget: false },
};
export const task: TaskFacts = { worker: null, slot: null, deaths: NEVER_DIED, createdAt: 2_000, version: "1.0", heartbeat: null };
const row: WaitFacts["row"] = { owner: null, wakeAt: null, createdAt: 500, updatedAt: 2_000, stopped: null, deaths: NEVER_DIED };

export interface Given extends Partial<Omit<WaitFacts, "row">> {
  readonly row?: Partial<WaitFacts["row"]>;
}

/** Of an instance "order-1" of "Order", that waits for nothing unless its history says so. */
export function factsOf({ row: changes, history = rest(), ...given }: Given): WaitFacts {
  const labels = { parent: null, tags: null, startAt: null, generation: 0, executionId: executionId("e"), input: null, customStatus: null };
  const state = newState({
    no: instanceNo(7),
    instanceId: instanceId("order-1"),
    name: "Order",
    version: "1.0",
    createdAt: 500,
    ...labels,
  });
  foldAll(state, history);
  const facts = {
    now: NOW,
    state,
    history,
    row: { ...row, ...changes },
    unread: [],
    workers: [worker],
    tasks: new Map(),
    slots: new Map(),
    statuses: new Map(),
    notes: new Map(),
  };
  return { ...facts, ...given };
}

export const ready = { wakeAt: NOW - 6_000 };
export const queued = (changes: Partial<TaskFacts>) => ({ history: rest(called), tasks: new Map([[eventId(0), { ...task, ...changes }]]) });
export const offering = (changes: Partial<WorkerFacts["functions"]>) => ({ ...worker, functions: { ...worker.functions, ...changes } });
