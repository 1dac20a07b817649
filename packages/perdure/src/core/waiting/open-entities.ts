import type { HeldLock } from "../../model/entity-notes.ts";
import type { EventId, InstanceId } from "../../model/ids.ts";
import type { InstanceState } from "../state.ts";
import type { WaitFacts } from "./facts.ts";
import type { OpenWaits } from "./open-waits.ts";

/** What an orchestration waits for at an entity. */
export interface OpenEntity {
  readonly id: EventId;
  readonly entity: InstanceId;
  /** Null: the lock. */
  readonly operation: string | null;
  /** Of another one. */
  readonly lock: HeldLock | null;
  readonly held: number;
  readonly since: number;
}

/** The lock first: nothing is called while it is asked for. */
export function openEntities(facts: WaitFacts, { lock, calls }: OpenWaits): readonly OpenEntity[] {
  const called = calls.map(({ id, instanceId, operation, ts }) => at(facts, id, instanceId, operation, ts));
  if (lock === null) return called;
  const first = lock.entities.find((entity) => !isOurs(facts.state, facts.notes.get(entity)?.lock ?? null));
  return first === undefined ? called : [at(facts, lock.id, first, null, lock.ts), ...called];
}

function at({ state, notes }: WaitFacts, id: EventId, entity: InstanceId, operation: string | null, since: number): OpenEntity {
  const { lock = null, held = 0 } = notes.get(entity) ?? {};
  return { id, entity, operation, lock: isOurs(state, lock) ? null : lock, held, since };
}

const isOurs = ({ no, generation }: InstanceState, lock: HeldLock | null): boolean =>
  lock !== null && lock.key.no === no && lock.key.generation === generation;
