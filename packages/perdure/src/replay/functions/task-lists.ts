import { fault } from "../../errors/perdure-error.ts";
import { AllTask, AnyTask, tasksOf } from "../tasks/composite-task.ts";
import type { TaskCore } from "../tasks/durable-task.ts";

export const allOf = (tasks: readonly unknown[]): AllTask => new AllTask(tasksOf(tasks, "ctx.all"));

/** Of a list the winner comes with its index, of an object with its key. */
export function anyOf(tasks: unknown): TaskCore<unknown> {
  if (Array.isArray(tasks)) {
    const list = someTasks(tasks);
    return new AnyTask(list, (index) => ({ winner: list[index], index }));
  }
  if (typeof tasks !== "object" || tasks === null) throw fault("CALL_INVALID", "ctx.any", "it takes a list or an object of tasks");
  const keys = Object.keys(tasks);
  const list = someTasks(Object.values(tasks));
  return new AnyTask(list, (index) => ({ winner: list[index], key: keys[index] }));
}

function someTasks(tasks: readonly unknown[]): readonly TaskCore<unknown>[] {
  const list = tasksOf(tasks, "ctx.any");
  if (list.length === 0) throw fault("CALL_INVALID", "ctx.any", "it needs at least one task");
  return list;
}
