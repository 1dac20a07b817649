import type { ActiveInstance } from "../instances/instance.ts";
import type { Mail } from "../instances/mailbox.ts";

/** No batch waits for it. */
const NO_TURN = -1;

/** A turn of an instance that the executor was asked for and whose answer is not in a batch yet. */
export class AskedTurn {
  readonly instance: ActiveInstance;
  readonly mail: readonly Mail[];
  readonly #leaveGate: (() => void) | null;
  #turn: number;
  #isAway = true;

  /** `leaveGate`: tells the gate of suspects that it does not run any more. */
  constructor(instance: ActiveInstance, mail: readonly Mail[], turn: number, leaveGate: (() => void) | null) {
    this.instance = instance;
    this.mail = mail;
    this.#turn = turn;
    this.#leaveGate = leaveGate;
  }

  /** The batch of this turn of the loop waits for it, until that is over. */
  isOf(turn: number): boolean {
    return this.#turn === turn;
  }

  /** No batch waits for it any more. */
  leaveTurn(): void {
    this.#turn = NO_TURN;
  }

  /** False: it had no place of the executor any more. */
  freePlace(): boolean {
    const wasAway = this.#isAway;
    this.#isAway = false;
    return wasAway;
  }

  leaveGate(): void {
    this.#leaveGate?.();
  }
}
