import type { Dispatcher } from "../activities/dispatcher.ts";
import { HOLDS_UP_ACTIVITIES_MS, HOLDS_UP_INSTANCES_MS, roomsBeside, SUSPECTS_AT_ONCE } from "../crashes/suspicion.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { WorkerParts } from "../options.ts";

const NONE: readonly number[] = [];

/** A claim that may bring suspects, until all that it brought is in memory. */
export interface SuspectClaim {
  readonly suspects: readonly number[];
}

export interface SuspectsPort {
  readonly parts: Pick<WorkerParts, "clock">;
  readonly table: Pick<InstanceTable, "suspects" | "hasSuspects">;
  readonly dispatcher: Pick<Dispatcher, "suspects">;
}

/** How many more suspects this worker may claim, beside those that it has. */
export class Suspects {
  readonly #port: SuspectsPort;
  #underWay: SuspectClaim | null = null;
  /** The last claim brought no suspect instance: the next one asks for suspect tasks first. */
  #tasksFirst = false;

  constructor(port: SuspectsPort) {
    this.#port = port;
  }

  /** For the next claim of instances; empty: none. */
  get roomsForInstances(): readonly number[] {
    return this.#rooms(HOLDS_UP_INSTANCES_MS);
  }

  get #roomsForTasks(): readonly number[] {
    return this.#rooms(HOLDS_UP_ACTIVITIES_MS);
  }

  /** One claim of suspects at a time, since what it brings is not known before it is loaded. */
  #rooms(heldUpMs: number): readonly number[] {
    if (this.#underWay !== null) return NONE;
    const { table, dispatcher } = this.#port;
    if (!table.hasSuspects && dispatcher.suspects.size === 0) return SUSPECTS_AT_ONCE;
    const rooms = roomsBeside(this.#inHand(heldUpMs));
    return rooms.some((room) => room > 0) ? rooms : NONE;
  }

  /** Room for suspects in the next claims: for instances or for tasks, never for both, since both together would take one more than there is room for. */
  share(claimsInstances: boolean, claimsTasks: boolean): { readonly instances: readonly number[]; readonly tasks: readonly number[] } {
    return claimsTasks && (this.#tasksFirst || !claimsInstances)
      ? { instances: NONE, tasks: this.#roomsForTasks }
      : { instances: this.roomsForInstances, tasks: NONE };
  }

  claimed(instances: SuspectClaim | null, tasks: SuspectClaim | null): void {
    const claim = [instances, tasks].find((one) => one !== null && one.suspects.length > 0);
    if (claim === undefined || claim === null) return;
    this.#underWay = claim;
    if (claim === tasks) this.#tasksFirst = false;
  }

  broughtNone(instances: SuspectClaim): void {
    this.claimEnded(instances);
    this.#tasksFirst = true;
  }

  /** Its suspects are in memory, or there were none. */
  claimEnded(claim: SuspectClaim | null): void {
    if (this.#underWay === claim) this.#underWay = null;
  }

  /** The claim is lost, so it has claimed nothing. */
  forget(): void {
    this.#underWay = null;
  }

  *#inHand(heldUpMs: number): Iterable<number> {
    const { table, dispatcher, parts } = this.#port;
    const longBefore = parts.clock.monotonicMs() - heldUpMs;
    for (const { crashes } of table.suspects()) yield crashes;
    for (const { crashes, startedAt } of dispatcher.suspects) if (startedAt === null || startedAt > longBefore) yield crashes;
  }
}
