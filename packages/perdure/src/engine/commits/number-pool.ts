import type { InstanceNo } from "../../model/ids.ts";
import { instanceNo } from "../../model/ids.ts";
import type { Store } from "../../store/contract.ts";

/** One reservation; numbers are 53 bits wide, so what a crash leaves unused does not matter. */
const BLOCK = 16_000;
/** A burst of starts may take this many before the next reservation is back. */
const REFILL_BELOW = 12_000;
const LOW = 500;

interface Block {
  next: number;
  readonly end: number;
}

/** Instance numbers reserved ahead in blocks, so that minting one never waits for the store. Numbers left over at a crash are never used. */
export class NumberPool {
  readonly #store: Store;
  #blocks: Block[] = [];
  #left = 0;
  #refilling: Promise<void> | null = null;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Null when the pool is dry: {@link refill} first. */
  take(): InstanceNo | null {
    const block = this.#blocks[0];
    if (block === undefined) return null;
    const no = block.next;
    block.next += 1;
    this.#left -= 1;
    if (block.next === block.end) this.#blocks.shift();
    if (this.#left < REFILL_BELOW) this.refill().catch(() => {}); // tried again by the next take
    return instanceNo(no);
  }

  get isLow(): boolean {
    return this.#left < LOW;
  }

  /** Resolves when numbers are at hand. */
  refill(): Promise<void> {
    this.#refilling ??= this.#store.reserveNumbers(BLOCK).then(
      ({ first, count }) => {
        this.#blocks.push({ next: first, end: first + count });
        this.#left += count;
        this.#refilling = null;
      },
      (error: unknown) => {
        this.#refilling = null;
        throw error;
      },
    );
    return this.#refilling;
  }
}
