import type { InstanceNo } from "../../model/ids.ts";
import type { Scheduler } from "../../process/clock.ts";

/** So many begin before the event loop has its turn (3 to 4 ms, if they answer at once) … */
const BEGIN_AT_ONCE = 1_000;
/** … and so many beside other instances: as long as a slice of their turns takes. */
const BEGIN_BESIDE_OTHERS = 64;
/** Others are in the store most of the time: an instance is alone when nothing of them has begun for so many turns. */
const TURNS_UNTIL_ALONE = 64;

/**
 * How many activities begin before everything else has its turn. One that answers at once frees its place in a microtask, in which the next one begins:
 * without this bound 100,000 of them ran to their ends (0.6 s) before the event loop turned, and everything else of the worker waited.
 */
export class Pace {
  readonly #scheduler: Pick<Scheduler, "soon">;
  readonly #onTurn: () => void;
  #begun = 0;
  #last: InstanceNo | null = null;
  #turnsAlone = TURNS_UNTIL_ALONE;
  #isOver = false;

  /** `onTurn`: more may begin. */
  constructor(scheduler: Pick<Scheduler, "soon">, onTurn: () => void) {
    this.#scheduler = scheduler;
    this.#onTurn = onTurn;
  }

  /** Of those that wait. One that has just come may begin in any case: {@link Coming} has let it come. */
  get mayBegin(): boolean {
    return !this.#isOver;
  }

  /** So many activities at once are no trouble to others. */
  get perTurn(): number {
    return this.#turnsAlone < TURNS_UNTIL_ALONE ? BEGIN_BESIDE_OTHERS : BEGIN_AT_ONCE;
  }

  begins(no: InstanceNo): void {
    if (this.#last !== null && no !== this.#last) this.#turnsAlone = 0;
    this.#last = no;
    this.#begun += 1;
    if (this.#isOver || this.#begun < this.perTurn) return;
    this.#isOver = true;
    // Not in every turn: an immediate costs one more turn of the event loop.
    this.#scheduler.soon(this.#turned);
  }

  readonly #turned = (): void => {
    this.#turnsAlone = Math.min(this.#turnsAlone + 1, TURNS_UNTIL_ALONE);
    this.#isOver = false;
    this.#begun = 0;
    this.#onTurn();
  };
}
