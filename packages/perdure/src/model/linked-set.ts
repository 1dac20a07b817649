/** A member of a {@link LinkedSet}: it knows its neighbours. It can be in one such set only. */
export interface Linked<Item> {
  before: Item | null;
  after: Item | null;
}

/** A set in the order of coming, of objects that carry its links: nothing is hashed or allocated when one comes or goes. */
export class LinkedSet<Item extends Linked<Item>> {
  #first: Item | null = null;
  #last: Item | null = null;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(item: Item): boolean {
    return item.before !== null || this.#first === item;
  }

  add(item: Item): void {
    if (this.has(item)) return;
    item.before = this.#last;
    if (this.#last === null) this.#first = item;
    else this.#last.after = item;
    this.#last = item;
    this.#size += 1;
  }

  /** False: it was not in here. */
  delete(item: Item): boolean {
    if (!this.has(item)) return false;
    const { before, after } = item;
    if (before === null) this.#first = after;
    else before.after = after;
    if (after === null) this.#last = before;
    else after.before = before;
    // A dead one in V8's old generation would hold its neighbours there.
    item.before = null;
    item.after = null;
    this.#size -= 1;
    return true;
  }

  clear(): void {
    for (const item of this) this.delete(item);
  }

  /** The one that was given last may be deleted before the next is asked for; others may not. */
  *[Symbol.iterator](): Generator<Item, void> {
    for (let item = this.#first; item !== null; ) {
      const { after } = item;
      yield item;
      item = after;
    }
  }
}
