import { runAfter } from "../../process/timers.ts";

export interface LockParts {
  readonly lockedUntil: Date | undefined;
  /** It is not renewed for longer than this, ms. */
  readonly limitMs: number;
  readonly renew: () => Promise<Date>;
  /** Told once. */
  readonly lost: () => void;
}

const LEAST_PAUSE_MS = 500;
/** Before the first renewal: a message of a list has waited for the others, and its lock may be nearly over. */
const FIRST_PAUSE_MS = 50;
/** Of a broker that says nothing of it. */
const USUAL_MS = 30_000;

/**
 * A lock of Service Bus that is renewed at half of its time. The client's own renewal (7.9.5) counts by the ids of messages: it cannot settle one without an id,
 * and of two with the same one it drops the second; and it gives all locks up when a connection is lost, although the broker keeps them.
 */
export class RenewedLock {
  readonly #parts: LockParts;
  #limit: number;
  #cancel: () => void = () => {};
  #isEnded = false;
  #isLost = false;

  constructor(parts: LockParts) {
    this.#parts = parts;
    this.#limit = performance.now() + parts.limitMs;
    this.#renewLater(parts.lockedUntil, FIRST_PAUSE_MS);
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Its longest time begins again. */
  restart(): void {
    this.#limit = performance.now() + this.#parts.limitMs;
  }

  end(): void {
    this.#isEnded = true;
    this.#cancel();
  }

  #renewLater(until: Date | undefined, leastMs = LEAST_PAUSE_MS): void {
    const leftMs = until === undefined ? USUAL_MS : until.getTime() - Date.now();
    this.#cancel = runAfter(Math.max(leftMs / 2, leastMs), () => void this.#renew(), false);
  }

  async #renew(): Promise<void> {
    if (performance.now() > this.#limit) return;
    let until = new Date(); // after a failure soon again: the broker may be away for a moment
    try {
      until = await this.#parts.renew();
    } catch (error) {
      if (isLockLost(error) && !this.#isEnded) {
        this.#isLost = true;
        this.end();
        this.#parts.lost();
      }
    }
    if (!this.#isEnded) this.#renewLater(until);
  }
}

export const isLockLost = (error: unknown): boolean => hasCode(error, "MessageLockLost", "SessionLockLost");

/** Of an error of the client. */
export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && "code" in error && codes.some((code) => code === error.code);
