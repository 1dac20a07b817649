import type { DelayedOp, Item } from "./entity-item.ts";

/** Delayed signals by due time, those of one time in order of arrival. Sorted when the first of them is due: most batches find none. */
export class DueQueue {
  #items: Item<DelayedOp>[] = [];
  #earliest = Number.POSITIVE_INFINITY;
  #next = 0;
  #sorted = true;

  add(item: Item<DelayedOp>): void {
    const { due } = item.message;
    this.#items.push(item);
    this.#sorted = false;
    if (due < this.#earliest) this.#earliest = due;
  }

  /** The first that is due by then leaves the queue. */
  takeDueBy(time: number): Item<DelayedOp> | null {
    if (this.#earliest > time) return null;
    if (!this.#sorted) {
      this.#items = this.#items.slice(this.#next).sort((a, b) => a.message.due - b.message.due);
      this.#next = 0;
      this.#sorted = true;
    }
    const first = this.#items[this.#next] ?? null;
    this.#next += 1;
    this.#earliest = this.#items[this.#next]?.message.due ?? Number.POSITIVE_INFINITY;
    return first;
  }
}
