import { instanceKey } from "../../model/function-kind.ts";
import { functionKey } from "../../model/function-name.ts";
import { NO_SLOT_YET } from "../../model/slot.ts";
import type { Backlog } from "../../store/backlog.ts";
import { backlogOf, instancesOf } from "../../store/backlog.ts";
import type { Tables } from "./tables.ts";
import { allTasks } from "./tasks.ts";

export function readBacklog(tables: Tables, cap: number): Backlog {
  const now = tables.now();
  const due = [...tables.waking].flatMap((no) => {
    const row = tables.instances.get(no);
    if (row === undefined || row.wakeAt === null || row.wakeAt > now) return [];
    return [{ key: instanceKey(row), name: row.name, waiting: 1, oldest: row.wakeAt }];
  });
  const tasks = [...allTasks(tables)].map(({ name, worker, notBefore }) => {
    const task = { key: functionKey(name), name };
    if (worker !== null) return { ...task, running: 1 };
    if (notBefore === NO_SLOT_YET) return { ...task, forSlot: 1 };
    return notBefore <= now ? { ...task, waiting: 1, oldest: notBefore } : task;
  });
  return { now, instances: instancesOf(due, cap), tasks: backlogOf(tasks, cap) };
}
