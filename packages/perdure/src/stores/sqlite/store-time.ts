/** Store time on the calling thread: its clock, but never behind what the writer has said. */
export class StoreTime {
  readonly #clock: () => number;
  #last = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  now(): number {
    this.learn(Math.trunc(this.#clock()));
    return this.#last;
  }

  learn(at: number): void {
    if (at > this.#last) this.#last = at;
  }
}
