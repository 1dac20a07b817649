import type { Reception } from "../../core/receive.ts";
import type { Linked } from "../../model/linked-set.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { Mail } from "../instances/mailbox.ts";
import type { Episode } from "./episode-record.ts";

/** No batch waits for it. */
const NO_TURN = -1;

/** An episode that the executor was asked for and whose answer is not in a batch yet. */
export class AskedEpisode implements Episode, Linked<AskedEpisode> {
  readonly instance: ActiveInstance;
  readonly reception: Reception;
  readonly mail: readonly Mail[];
  readonly #leaveGate: (() => void) | null;
  #turn: number;
  #attempt = 0;
  #isAway = true;
  #shortReads = 0;
  before: AskedEpisode | null = null;
  after: AskedEpisode | null = null;

  /** `leaveGate`: tells the gate of suspects that it does not run any more. */
  constructor(instance: ActiveInstance, reception: Reception, mail: readonly Mail[], turn: number, leaveGate: (() => void) | null) {
    this.instance = instance;
    this.reception = reception;
    this.mail = mail;
    this.#turn = turn;
    this.#leaveGate = leaveGate;
  }

  /** The batch of this turn waits for it, until the turn is over. */
  isOf(turn: number): boolean {
    return this.#turn === turn;
  }

  /** No batch waits for it any more. */
  leaveTurn(): void {
    this.#turn = NO_TURN;
  }

  /** Of the last request for it. */
  get attempt(): number {
    return this.#attempt;
  }

  askedAs(attempt: number): void {
    this.#attempt = attempt;
  }

  /** The store has given less of its history than was recorded: how often before. */
  wasReadShort(): number {
    this.#shortReads += 1;
    return this.#shortReads - 1;
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
