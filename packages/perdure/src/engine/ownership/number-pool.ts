import type { InstanceNo } from "../../model/ids.ts";
import { instanceNo } from "../../model/ids.ts";
import type { Scheduler } from "../../process/clock.ts";
import type { Store } from "../../store/contract.ts";
import { saidByStore } from "../../store/said-by-store.ts";

/** One reservation; numbers are 53 bits wide, so what a crash leaves unused does not matter. */
const BLOCK = 16_000;
/** A burst of starts may take this many before the next reservation is back. */
const REFILL_BELOW = 12_000;
const LOW = 500;
/** A reservation that the store refused is tried again after this time if a start or an episode waits for it. */
const STORE_AWAY_MS = 1_000;

interface Block {
  next: number;
  readonly end: number;
}

/** Instance numbers reserved ahead in blocks, so that minting one never waits for the store. Numbers left over at a crash are never used. */
export class NumberPool {
  readonly #store: Pick<Store, "reserveNumbers">;
  readonly #scheduler: Pick<Scheduler, "after">;
  #blocks: Block[] = [];
  #left = 0;
  #refilling: Promise<void> | null = null;

  constructor({ store, scheduler }: { readonly store: Pick<Store, "reserveNumbers">; readonly scheduler: Pick<Scheduler, "after"> }) {
    this.#store = store;
    this.#scheduler = scheduler;
  }

  /** Null when the pool is dry: {@link refill} first. */
  take(): InstanceNo | null {
    const block = this.#blocks[0];
    if (block === undefined) return null;
    const no = block.next;
    block.next += 1;
    this.#left -= 1;
    if (block.next === block.end) this.#blocks.shift();
    if (this.#left < REFILL_BELOW) this.refill().catch(saidByStore); // tried again by the next take
    return instanceNo(no);
  }

  get isLow(): boolean {
    return this.#left < LOW;
  }

  /** Whether this many can be taken now. */
  has(count: number): boolean {
    return this.#left >= count;
  }

  /** Calls `then` once this many can be taken, unless `isWanted` returns false before that. The store may be unreachable for any time. */
  whenHas(count: number, isWanted: () => boolean, then: () => void): void {
    const again = () => {
      if (!isWanted()) return;
      if (this.has(count)) then();
      else this.whenHas(count, isWanted, then);
    };
    this.refill(count).then(again, (error: unknown) => {
      saidByStore(error);
      this.#scheduler.after(STORE_AWAY_MS, again);
    });
  }

  /** Resolves when there are more numbers: a block, and `extra`, unless a block is on its way already. */
  refill(extra = 0): Promise<void> {
    this.#refilling ??= this.#store.reserveNumbers(BLOCK + extra).then(
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
