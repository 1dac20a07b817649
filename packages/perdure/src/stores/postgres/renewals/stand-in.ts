/** All in parts of a lease. */
const BUSY_FROM = 1 / 10;
const BUSY_UNTIL = 1 / 2;
const EVERY = 1 / 10;

/**
 * When the renewal thread renews unasked. A worker asks for its renewals itself, as long as its thread turns; while user code keeps that thread
 * busy, they are made in its place, but not for longer than half a lease: a worker that makes no progress must lose its work to others
 * (docs/design/ownership.md). If the engine thread runs but does not ask, it wants the lease to lapse.
 */
export class StandIn {
  #leaseMs: number | null = null;
  #renewedAt = 0;
  #turns = -1;
  #turnedAt = 0;

  /** A renewal was made, asked for or not. */
  renewed(now: number, leaseMs: number): void {
    this.#leaseMs = leaseMs;
    this.#renewedAt = now;
  }

  forget(): void {
    this.#leaseMs = null;
  }

  /** `turns`: a number that grows while the other thread turns. True: renew now. */
  isDue(now: number, turns: number): boolean {
    if (turns !== this.#turns) {
      this.#turns = turns;
      this.#turnedAt = now;
    }
    if (this.#leaseMs === null) return false;
    const busy = (now - this.#turnedAt) / this.#leaseMs;
    return busy >= BUSY_FROM && busy < BUSY_UNTIL && now - this.#renewedAt >= EVERY * this.#leaseMs;
  }
}
