import type { InstanceId } from "../model/ids.ts";
import type { EndedInstances } from "./contract.ts";

/** Those who want to know which instances have ended. */
export class EndListeners {
  readonly #listeners = new Set<{ readonly call: (ended: EndedInstances) => void }>();

  get size(): number {
    return this.#listeners.size;
  }

  add(call: (ended: EndedInstances) => void): () => void {
    const entry = { call };
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  notify(ended: EndedInstances): void {
    if (this.#listeners.size === 0 || ended?.length === 0) return;
    for (const { call } of [...this.#listeners]) call(ended);
  }

  clear(): void {
    this.#listeners.clear();
  }
}

/** One of both; null, "any of them", outdoes any list. */
export const mergeEnds = (a: EndedInstances, b: EndedInstances): EndedInstances => (a === null || b === null ? null : mergeLists(a, b));

const mergeLists = (a: readonly InstanceId[], b: readonly InstanceId[]) => (a.length === 0 ? b : b.length === 0 ? a : [...a, ...b]);
