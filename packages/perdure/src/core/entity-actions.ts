import type { CallEntity, LockEntities, ReleaseLock, SignalEntity } from "../model/action.ts";
import { assertNever } from "../model/assert-never.ts";
import type { LockKey } from "../model/entity-message.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { EventId, InstanceId } from "../model/ids.ts";
import { clampTime } from "../model/time.ts";
import type { TraceContext } from "../model/trace.ts";
import type { Outgoing } from "./outgoing.ts";
import type { InstanceState, OpenLock } from "./state.ts";

/** What an episode writes: its actions change the section that those after them stand in. */
export interface EntityActionWriter {
  readonly state: InstanceState;
  readonly at: number;
  readonly events: HistoryEvent[];
  readonly messages: Outgoing[];
  lock: OpenLock | null;
}

const NO_MESSAGES: readonly Outgoing[] = [];

/** The section once what came in is counted. */
export function lockAfter({ lock }: InstanceState, events: readonly HistoryEvent[]): OpenLock | null {
  if (lock === null || lock.granted) return lock;
  return events.some((event) => event.kind === "EntityLockGranted") ? { ...lock, granted: true } : lock;
}

/** The end of an execution ends its section, also one that is only asked for: the release travels behind the request. */
export function releaseOf(state: InstanceState, lock: OpenLock | null, ts: number): readonly Outgoing[] {
  const first = lock?.entities[0];
  if (lock === null || first === undefined) return NO_MESSAGES;
  return [
    { to: { instanceId: first }, message: { kind: "entityRelease", ts, ...sectionOf(state, lock.id), entities: lock.entities, at: 0 } },
  ];
}

export function recordEntityAction(writer: EntityActionWriter, action: CallEntity | SignalEntity | LockEntities | ReleaseLock): void {
  switch (action.kind) {
    case "callEntity":
      call(writer, action);
      return;
    case "signalEntity":
      signal(writer, action);
      return;
    case "lockEntities":
      requestLock(writer, action);
      return;
    case "releaseLock":
      if (writer.lock?.id !== action.lockId) return; // given back before, or by an end
      writer.events.push({ kind: "EntityUnlockSent", ts: writer.at, lockId: action.lockId });
      writer.messages.push(...releaseOf(writer.state, writer.lock, writer.at));
      writer.lock = null;
      return;
    default:
      assertNever(action);
  }
}

function call(writer: EntityActionWriter, { id, instanceId, operation, input, trace }: CallEntity): void {
  const { state, at: ts, lock } = writer;
  writer.events.push({ kind: "EntityOperationCalled", ts, id, instanceId, operation, input });
  const from = { no: state.no, generation: state.generation, taskId: id };
  const key = lock?.granted === true && lock.entities.includes(instanceId) ? keyOf(state, lock.id) : null;
  writer.messages.push({
    to: { instanceId },
    message: { kind: "entityOp", ts, operation, input, due: null, from, lock: key, by: state.instanceId, ...traced(trace) },
  });
}

function signal(writer: EntityActionWriter, { id, instanceId, operation, input, due: asked, trace }: SignalEntity): void {
  const { state, at: ts } = writer;
  const due = asked === null ? null : clampTime(asked);
  writer.events.push({
    ...{ kind: "EntityOperationSignaled", ts, id, instanceId, operation, input },
    ...(due === null ? {} : { due }),
  });
  writer.messages.push({
    to: { instanceId },
    message: {
      ...{ kind: "entityOp", ts, operation, input, due, from: null, lock: null, by: state.instanceId, sender: state.no },
      ...traced(trace),
    },
  });
}

const traced = (trace: TraceContext | undefined): { readonly trace?: TraceContext } => (trace === undefined ? {} : { trace });

function requestLock(writer: EntityActionWriter, { id, entities: asked }: LockEntities): void {
  const { state, at: ts } = writer;
  const entities = inOrder(asked);
  writer.events.push({ kind: "EntityLockRequested", ts, id, entities });
  writer.lock = { id, entities, granted: false };
  const [first] = entities;
  if (first === undefined) return;
  writer.messages.push({ to: { instanceId: first }, message: { kind: "entityLock", ts, ...sectionOf(state, id), entities, at: 0 } });
}

/** By code units, each once: all sections take their entities in this order, so no two of them wait for each other. */
const inOrder = (entities: readonly InstanceId[]): readonly InstanceId[] => [...new Set(entities)].sort();

const sectionOf = (state: InstanceState, id: EventId) => ({ lock: keyOf(state, id), holder: state.instanceId });

const keyOf = ({ no, generation }: InstanceState, id: EventId): LockKey => ({ no, generation, id });
