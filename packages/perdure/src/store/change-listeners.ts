/** Listeners for changes of the store by others. One call each for all changes of one turn. */
export class ChangeListeners {
  readonly #listeners = new Set<{ readonly call: () => void }>();
  #scheduled = false;

  get size(): number {
    return this.#listeners.size;
  }

  add(call: () => void): () => void {
    const entry = { call };
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  notify(): void {
    if (this.#scheduled || this.#listeners.size === 0) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener.call();
    });
  }

  clear(): void {
    this.#listeners.clear();
  }
}
