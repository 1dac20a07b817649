import { Fifo } from "../../model/fifo.ts";
import type { RunningTask } from "./running-task.ts";

/** First come, first served; those that left meanwhile are passed over. */
export class Line {
  readonly #tasks = new Fifo<RunningTask>();

  push(task: RunningTask): void {
    this.#tasks.push(task);
  }

  /** Who is next. */
  first(isThere: (task: RunningTask) => boolean): RunningTask | undefined {
    for (let next = this.#tasks.first; next !== undefined; next = this.#tasks.first) {
      if (isThere(next)) return next;
      this.shift();
    }
    return undefined;
  }

  shift(): void {
    this.#tasks.shift();
  }

  clear(): void {
    this.#tasks.clear();
  }
}
