/** One kind of work that is left in the store for any worker with room, as far as this worker knows. */
export class ClaimQueue {
  #mayBeDue = true;
  #nextAt: number | null = null;

  /** A claim may bring something. */
  get mayBeDue(): boolean {
    return this.#mayBeDue;
  }

  /** Something was there at the last look, due or not. */
  get waits(): boolean {
    return this.#nextAt !== null;
  }

  /** Whatever was known, there may be something now. */
  mayHaveMore(): void {
    this.#mayBeDue = true;
  }

  /** A claim has brought all that was due. */
  wasEmptied(): void {
    this.#mayBeDue = false;
  }

  looked(nextAt: number | null): void {
    this.#nextAt = nextAt;
  }

  /** What the last look saw is due now. */
  fallDue(now: number): void {
    if (this.#nextAt !== null && this.#nextAt <= now) this.#mayBeDue = true;
  }

  /** When it is worth looking again; never, where nothing is to fall due later. */
  dueAfter(now: number): number {
    return this.#nextAt === null || this.#nextAt <= now ? Number.POSITIVE_INFINITY : this.#nextAt;
  }
}
