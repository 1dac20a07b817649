import { fault } from "../../errors/perdure-error.ts";
import { errorText } from "../../telemetry/value-text.ts";
import { CallFault } from "../failures/faults.ts";
import type { TaskListener } from "./durable-task.ts";
import { TaskCore } from "./durable-task.ts";

/** `ctx.all`: waits for every task, then gives all values or throws one AggregateError. */
export class AllTask extends TaskCore<unknown[]> implements TaskListener {
  readonly #tasks: readonly TaskCore<unknown>[];
  #open = 0;

  constructor(tasks: readonly TaskCore<unknown>[]) {
    super();
    this.#tasks = tasks;
    for (const task of tasks) {
      if (task.isCompleted) continue;
      this.#open++;
      task.listen(this);
    }
    if (this.#open === 0) this.#finish();
  }

  override get label(): string {
    return `ctx.all of ${this.#tasks.length} tasks`;
  }

  childSettled(): void {
    this.#open--;
    if (this.#open === 0) this.#finish();
  }

  #finish(): void {
    const faulted = this.#tasks.filter((task) => task.isFaulted);
    if (faulted.length > 0) this.fail(new CallFault(() => aggregate(faulted, this.#tasks.length)));
    else this.settle(this.#tasks.map((task) => task.result));
  }
}

/** Failures that the message tells; `errors` has all. */
const TOLD = 32;

function aggregate(faulted: readonly TaskCore<unknown>[], count: number): AggregateError {
  const errors = faulted.map((task) => task.fault?.toError());
  const texts = errors.slice(0, TOLD).map((error) => errorText(error));
  if (errors.length > TOLD) texts.push("…");
  return new AggregateError(errors, `${faulted.length} of ${count} tasks failed: ${texts.join("; ")}`);
}

/** `ctx.any`: the first task that has a value or a failure, wrapped (a promise cannot resolve to a task). */
export class AnyTask<Winner> extends TaskCore<Winner> implements TaskListener {
  readonly #tasks: readonly TaskCore<unknown>[];
  readonly #wrap: (index: number) => Winner;

  constructor(tasks: readonly TaskCore<unknown>[], wrap: (index: number) => Winner) {
    super();
    this.#tasks = tasks;
    this.#wrap = wrap;
    const first = tasks.findIndex((task) => task.isCompleted);
    if (first >= 0) this.settle(wrap(first));
    else for (const task of tasks) task.listen(this);
  }

  override get label(): string {
    return `ctx.any of ${this.#tasks.length} tasks`;
  }

  childSettled(child: TaskCore<unknown>): void {
    if (this.isCompleted) return;
    // A loop over `any` may carry one long wait through thousands of turns: it must not keep them all.
    for (const task of this.#tasks) if (task !== child) task.unlisten(this);
    this.settle(this.#wrap(this.#tasks.indexOf(child)));
  }
}

/** What `all` and `any` were given, checked: tasks of a context and nothing else. */
export function tasksOf(tasks: readonly unknown[], where: string): readonly TaskCore<unknown>[] {
  if (!Array.isArray(tasks)) throw fault("CALL_INVALID", where, "it takes a list of tasks");
  return tasks.map((task, index) => {
    if (task instanceof TaskCore) return task;
    throw fault("CALL_INVALID", where, `entry ${index} is not a durable task (a plain promise would not be repeated in replay)`);
  });
}
