import type { Scheduler } from "../../process/clock.ts";
import { HOLDS_UP_ACTIVITIES_MS, HOLDS_UP_INSTANCES_MS, SUSPECTS_AT_ONCE, suspectPlace } from "./suspicion.ts";

type Begin = (leave: () => void) => void;
type Kind = "instance" | "activity";

/** For one kind of suspect: how many run now, and which wait. */
interface Room {
  inside: number;
  readonly waiting: readonly Begin[][];
}

const emptyRoom = (): Room => ({ inside: 0, waiting: SUSPECTS_AT_ONCE.map(() => []) });

/**
 * Suspects in this worker's memory run in groups, then alone, like claimed ones (suspicion.ts): the loss of a place is evidence against few
 * only if few suspects were there. Only suspects with the same suspicion run together, the least suspicious first. An activity that runs for long holds
 * up the others for a while, not until it ends.
 */
export class SuspectGate {
  readonly #scheduler: Scheduler;
  readonly #rooms: Readonly<Record<Kind, Room>> = { instance: emptyRoom(), activity: emptyRoom() };
  #place = 0;
  #isLettingIn = false;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Calls `begin` now or later, also when the suspect is gone by then; what it is given must be called once the suspect does not run any more. */
  enter(kind: Kind, crashes: number, begin: Begin): void {
    const place = suspectPlace(crashes);
    const room = this.#rooms[kind];
    if (this.#hasRoom(room, place)) this.#begin(kind, place, begin);
    else room.waiting[place]?.push(begin);
  }

  #hasRoom({ inside }: Room, place: number): boolean {
    return inside === 0 || (place === this.#place && inside < (SUSPECTS_AT_ONCE[place] ?? 1));
  }

  #begin(kind: Kind, place: number, begin: Begin): void {
    this.#place = place;
    const leaveInstances = this.#hold(this.#rooms.instance, kind === "activity" ? HOLDS_UP_INSTANCES_MS : null);
    const leaveActivities = this.#hold(this.#rooms.activity, kind === "activity" ? HOLDS_UP_ACTIVITIES_MS : null);
    begin(() => {
      leaveInstances();
      leaveActivities();
      this.#letIn();
    });
  }

  /** Until the answer is called, or that time has passed. */
  #hold(room: Room, forMs: number | null): () => void {
    let holds = true;
    room.inside += 1;
    const leave = () => {
      if (!holds) return;
      holds = false;
      room.inside -= 1;
      cancel();
    };
    const late = () => {
      leave();
      this.#letIn();
    };
    const cancel = forMs === null ? () => {} : this.#scheduler.after(forMs, late);
    return leave;
  }

  /** One that is gone leaves at once, within `begin`: then the loop that runs lets in the next. */
  #letIn(): void {
    if (this.#isLettingIn) return;
    this.#isLettingIn = true;
    for (let next = this.#next(); next !== null; next = this.#next()) this.#begin(next.kind, next.place, next.begin);
    this.#isLettingIn = false;
  }

  #next(): { readonly kind: Kind; readonly place: number; readonly begin: Begin } | null {
    for (const place of SUSPECTS_AT_ONCE.keys()) {
      for (const kind of ["instance", "activity"] as const) {
        const room = this.#rooms[kind];
        const begin = this.#hasRoom(room, place) ? room.waiting[place]?.shift() : undefined;
        if (begin !== undefined) return { kind, place, begin };
      }
    }
    return null;
  }
}
