import type { Reception } from "../../core/receive.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { Linked } from "../../model/linked-set.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { Mail } from "../instances/mailbox.ts";
import { AskedTurn } from "../turns/asked-turn.ts";
import type { Episode } from "./episode-record.ts";

/** An episode that the executor was asked for and whose answer is not in a batch yet. */
export class AskedEpisode extends AskedTurn implements Episode, Linked<AskedEpisode> {
  readonly reception: Reception;
  #attempt = 0;
  #shortReads = 0;
  #history: readonly HistoryEvent[] | undefined;
  before: AskedEpisode | null = null;
  after: AskedEpisode | null = null;

  constructor(instance: ActiveInstance, reception: Reception, mail: readonly Mail[], turn: number, leaveGate: (() => void) | null) {
    super(instance, mail, turn, leaveGate);
    this.reception = reception;
  }

  /** Of the last request for it. */
  get attempt(): number {
    return this.#attempt;
  }

  askedAs(attempt: number): void {
    this.#attempt = attempt;
  }

  get history(): readonly HistoryEvent[] | undefined {
    return this.#history;
  }

  /** The executor gets this past, which may have to be cut where its code goes another way. */
  replays(history: readonly HistoryEvent[]): void {
    this.#history = history;
  }

  /** The store has given less of its history than was recorded: how often before. */
  wasReadShort(): number {
    this.#shortReads += 1;
    return this.#shortReads - 1;
  }
}
