import type { TaskKey } from "../../model/executor.ts";
import { FreshMap } from "../../model/fresh-map.ts";
import type { InstanceNo } from "../../model/ids.ts";

type Place = number | string;

interface Keyed {
  readonly request: TaskKey;
}

/**
 * Tasks by key. Most instances have one at a time, which is found by the instance's number alone. Those with several have a table of their own, by a
 * number: a string of the key, and its hash, were a quarter of what each of 100,000 activities of one instance cost.
 */
export class TaskTable<Task extends Keyed> {
  readonly #byNo = new FreshMap<InstanceNo, Task | Map<Place, Task>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: TaskKey): Task | undefined {
    const found = this.#byNo.get(key.no);
    if (found === undefined) return undefined;
    if (found instanceof Map) return found.get(placeOf(key));
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
    else if (found instanceof Map) found.set(placeOf(task.request), task);
    else this.#byNo.set(no, new Map<Place, Task>([found, task].map((one) => [placeOf(one.request), one])));
    this.#size += 1;
  }

  delete(task: Task): void {
    if (!this.has(task)) return;
    const { request } = task;
    const found = this.#byNo.get(request.no);
    if (found instanceof Map) found.delete(placeOf(request));
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

  /** Those of one instance. */
  of(no: InstanceNo): readonly Task[] {
    const found = this.#byNo.get(no);
    if (found === undefined) return [];
    return found instanceof Map ? [...found.values()] : [found];
  }
}

/** A number where it is exact: event ids are below 2^32, as many as an array can have. */
const placeOf = ({ generation, eventId }: TaskKey): Place =>
  generation < 2 ** 20 ? generation * 2 ** 32 + eventId : `${generation}:${eventId}`;
