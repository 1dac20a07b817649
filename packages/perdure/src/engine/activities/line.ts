import type { RunningTask } from "./running-task.ts";

/** First come, first served; those that left meanwhile are passed over. */
export class Line {
  #tasks: RunningTask[] = [];
  #head = 0;

  push(task: RunningTask): void {
    this.#tasks.push(task);
  }

  /** Who is next. */
  first(isThere: (task: RunningTask) => boolean): RunningTask | undefined {
    for (let next = this.#tasks[this.#head]; next !== undefined; next = this.#tasks[this.#head]) {
      if (isThere(next)) return next;
      this.shift();
    }
    return undefined;
  }

  shift(): void {
    this.#head += 1;
    if (this.#head === this.#tasks.length) this.clear();
  }

  clear(): void {
    this.#tasks = [];
    this.#head = 0;
  }
}
