/**
 * Where an instance stands that this worker owns.
 *
 * - `gated`: its creation is not durable yet, and its id was chosen by a user: no code runs, no message reaches it.
 * - `idle`: in memory, without anything to do.
 * - `queued`: waits for its turn.
 * - `running`: the executor has an episode of it.
 * - `away`: the same, for longer than one turn of the loop: it runs on another thread or in another process. What clients send becomes rows.
 * - `loading`: the same, while the history is read that the executor needs.
 * - `held`: its last episode was not carried out, and is delivered again after a pause.
 * - `leaving`: its release or stop is in a batch that is not durable. Until the answer it is for others to change.
 * - `gone`: it ended, left or was forgotten. Whatever still comes back for it is ignored.
 */
export type LifePhase = "gated" | "idle" | "queued" | "running" | "away" | "loading" | "held" | "leaving" | "gone";

/** What may follow. */
const NEXT: { readonly [phase in LifePhase]: readonly LifePhase[] } = {
  gated: ["idle", "gone"],
  idle: ["queued", "leaving", "gone"],
  queued: ["running", "idle", "leaving", "gone"],
  running: ["idle", "away", "loading", "held", "gone"],
  away: ["idle", "loading", "held", "gone"],
  loading: ["away", "idle", "gone"],
  held: ["idle", "queued", "leaving", "gone"],
  leaving: ["idle", "gone"],
  gone: [],
};

/**
 * The phase of one instance. An object of its own would be one more look into memory at each question, of which there are some thirty for an
 * orchestration of five activities. A step that is not in the table above is a defect: two parts of the engine work on it at once.
 */
export abstract class Life {
  #phase: LifePhase;
  readonly #who: string;

  constructor(phase: "gated" | "idle", who: string) {
    this.#phase = phase;
    this.#who = who;
  }

  get phase(): LifePhase {
    return this.#phase;
  }

  protected move(to: LifePhase): void {
    if (!NEXT[this.#phase].includes(to)) throw new Error(`instance "${this.#who}" is ${this.#phase}, and cannot become ${to}`);
    this.#phase = to;
  }
}
