import type { HistoryEvent } from "../../model/history.ts";

const NONE: readonly number[] = [];

/** Which external events the waits of an execution refused, by their place among its EventRaised. In replay the history has the decision. */
export class DroppedEvents {
  #recorded: ReadonlySet<number> | null = null;
  #now: readonly number[] = NONE;

  replay(history: readonly HistoryEvent[]): void {
    let recorded: Set<number> | null = null;
    for (const event of history) {
      if (event.kind !== "OrchestratorCompleted" || event.droppedEvents === undefined) continue;
      recorded ??= new Set();
      for (const at of event.droppedEvents) recorded.add(at);
    }
    this.#recorded = recorded;
  }

  wasDropped(at: number): boolean {
    return this.#recorded?.has(at) === true;
  }

  drop(at: number): void {
    this.#now = [...this.#now, at];
  }

  /** Those of the episode that ends now; null for none. */
  take(): readonly number[] | null {
    if (this.#now.length === 0) return null;
    const dropped = this.#now;
    this.#now = NONE;
    return dropped;
  }
}
