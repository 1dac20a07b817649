import type { TaskKey } from "../../model/executor.ts";
import { FreshMap } from "../../model/fresh-map.ts";
import type { InstanceNo } from "../../model/ids.ts";

interface Keyed {
  readonly request: TaskKey;
}

/**
 * Tasks by key. Most instances have one at a time, which is found by the instance's number alone: a string of the whole key, and its hash, cost 0.4 µs
 * for every activity. Only instances with several tasks need such strings.
 */
export class TaskTable<Task extends Keyed> {
  readonly #byNo = new FreshMap<InstanceNo, Task | Map<string, Task>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: TaskKey): Task | undefined {
    const found = this.#byNo.get(key.no);
    if (found === undefined) return undefined;
    if (found instanceof Map) return found.get(textOf(key));
    return found.request.eventId === key.eventId && found.request.generation === key.generation ? found : undefined;
  }

  has(task: Task): boolean {
    return this.get(task.request) === task;
  }

  /** No other one has its key. */
  add(task: Task): void {
    const { no } = task.request;
    const found = this.#byNo.get(no);
    if (found === undefined) this.#byNo.set(no, task);
    else if (found instanceof Map) found.set(textOf(task.request), task);
    else this.#byNo.set(no, new Map([found, task].map((one) => [textOf(one.request), one])));
    this.#size += 1;
  }

  delete(task: Task): void {
    if (!this.has(task)) return;
    const { request } = task;
    const found = this.#byNo.get(request.no);
    if (found instanceof Map) found.delete(textOf(request));
    if (!(found instanceof Map) || found.size === 0) this.#byNo.delete(request.no);
    this.#size -= 1;
  }

  clear(): void {
    this.#byNo.clear();
    this.#size = 0;
  }

  *values(): Generator<Task, void> {
    for (const found of this.#byNo.values()) {
      if (found instanceof Map) yield* found.values();
      else yield found;
    }
  }
}

const textOf = ({ generation, eventId }: TaskKey) => `${generation}:${eventId}`;
