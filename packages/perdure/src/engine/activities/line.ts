import { Fifo } from "../../model/fifo.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { RunningTask } from "./running-task.ts";

/** Tasks of one instance in a row. With one each, twenty instances of 1,000 activities would get twelve results an episode. */
const TASKS_A_TURN = 64;

/** The tasks of one instance, in the order in which they came; `since`: when its turn among the others began to come. */
interface Queue {
  readonly no: InstanceNo;
  readonly tasks: Fifo<RunningTask>;
  since: number;
  /** So many more in this turn. */
  left: number;
}

/**
 * Who waits for a place: instances take turns, so that one which has 100,000 tasks does not delay the others. What left meanwhile is passed over, and
 * costs its instance no turn.
 */
export class Line {
  readonly #turns = new Fifo<Queue>();
  readonly #queues = new Map<InstanceNo, Queue>();

  /** `now`: a count of those that came to a line. */
  push(task: RunningTask, now: number): void {
    const { no } = task.request;
    const known = this.#queues.get(no);
    if (known !== undefined) {
      known.tasks.push(task);
      return;
    }
    const queue: Queue = { no, tasks: new Fifo(), since: now, left: TASKS_A_TURN };
    queue.tasks.push(task);
    this.#queues.set(no, queue);
    this.#turns.push(queue);
  }

  /** Who is next, and since when. */
  first(isThere: (task: RunningTask) => boolean): { readonly task: RunningTask; readonly since: number } | undefined {
    for (let queue = this.#turns.first; queue !== undefined; queue = this.#turns.first) {
      for (let task = queue.tasks.first; task !== undefined; task = queue.tasks.first) {
        if (isThere(task)) return { task, since: queue.since };
        queue.tasks.shift();
      }
      this.#turns.shift();
      this.#queues.delete(queue.no);
    }
    return undefined;
  }

  /** The one that is next goes. */
  shift(now: number): void {
    const queue = this.#turns.first;
    if (queue === undefined) return;
    queue.tasks.shift();
    queue.left -= 1;
    if (queue.tasks.length > 0 && queue.left > 0) return;
    this.#turns.shift();
    if (queue.tasks.length === 0) this.#queues.delete(queue.no);
    else {
      queue.since = now;
      queue.left = TASKS_A_TURN;
      this.#turns.push(queue);
    }
  }

  clear(): void {
    this.#turns.clear();
    this.#queues.clear();
  }
}
