import { isReply } from "../../model/message.ts";
import type { InstanceRow } from "../../store/rows.ts";
import type { Invariant } from "./invariant.ts";
import { mailMessage } from "./mail-message.ts";
import type { DumpView } from "./view.ts";

/** What holds between rows of different tables. */
export const relationInvariants: readonly Invariant[] = [
  {
    id: "history-has-row",
    sentence: "History belongs to an instance that exists, and to no generation that it has not reached.",
    check(view, report) {
      for (const { no, generation } of view.generations) {
        const row = view.rows.get(no);
        if (row === undefined) report(no, `there is history of generation ${generation} and no row`);
        else if (generation > row.generation) report(row, `there is history of generation ${generation}, the row is at ${row.generation}`);
      }
    },
  },
  {
    id: "child-answers",
    sentence: "An instance that waits for a sub-orchestration has one that is not done, or its answer in the inbox.",
    check(view, report) {
      for (const row of view.dump.instances) if (row.completedAt === null) checkChildren(view, row, (detail) => report(row, detail));
    },
  },
  {
    id: "inbox-readable",
    sentence: "Every inbox row is a message, and a reply answers a generation that the instance has reached.",
    check(view, report) {
      for (const mail of view.dump.inbox) {
        const message = mailMessage(mail);
        if (message === null || message.kind !== mail.kind) {
          report(mail.no, `inbox row ${mail.seq} is no "${mail.kind}" message`);
          continue;
        }
        const row = view.rows.get(mail.no);
        if (row !== undefined && isReply(message) && message.generation > row.generation) {
          report(row, `inbox row ${mail.seq} answers generation ${message.generation}, the row is at ${row.generation}`);
        }
      }
    },
  },
  {
    id: "inbox-has-target",
    sentence: "No mail stays for an instance that is done or gone.",
    atRest: true,
    check(view, report) {
      for (const mail of view.dump.inbox) {
        const row = view.rows.get(mail.no);
        if (row === undefined) report(mail.no, `inbox row ${mail.seq} (${mail.kind}) has no instance`);
        else if (row.completedAt !== null) report(row, `inbox row ${mail.seq} (${mail.kind}) waits for a ${row.status} instance`);
      }
    },
  },
  {
    id: "unread-of-failed",
    sentence: "Events are put aside for instances that have failed, and for no others.",
    check(view, report) {
      for (const mail of view.dump.unread) {
        const row = view.rows.get(mail.no);
        if (row === undefined) report(mail.no, `event ${mail.seq} is put aside for it and it has no row`);
        else if (row.status !== "Failed") report(row, `event ${mail.seq} is put aside for it and it is ${row.status}`);
      }
    },
  },
  {
    id: "stopped-without-cure",
    sentence: "A stopped instance has no terminate or resume in its inbox: these wake it.",
    check(view, report) {
      for (const mail of view.dump.inbox) {
        const row = view.rows.get(mail.no);
        if (row === undefined || row.stopped === null) continue;
        if (mail.kind === "terminate" || mail.kind === "resume") report(row, `it is stopped and inbox row ${mail.seq} is a ${mail.kind}`);
      }
    },
  },
  {
    id: "task-scheduled",
    sentence: "A task row stands for an activity that is scheduled in its generation and has no completion there.",
    check(view, report) {
      for (const task of view.dump.tasks) {
        const row = view.rows.get(task.no);
        if (row === undefined || row.completedAt !== null || row.generation !== task.generation) continue;
        const { activities } = view.openWork(row);
        if (!activities.has(task.eventId)) report(row, `there is a task row for ${task.eventId}, which is not an open activity`);
      }
    },
  },
  {
    id: "task-worker-exists",
    sentence: "A claimed task row names a worker that exists, and has been claimed at least once.",
    check(view, report) {
      for (const task of view.dump.tasks) {
        if (task.worker === null) continue;
        if (!view.workers.has(task.worker))
          report(task.no, `task ${task.eventId} is claimed by worker ${task.worker}, which does not exist`);
        if (task.attempts < 1) report(task.no, `task ${task.eventId} is claimed and counts ${task.attempts} attempts`);
      }
    },
  },
  {
    id: "task-has-instance",
    sentence: "No task row stays for an instance that is gone, or for a terminated one.",
    atRest: true,
    check(view, report) {
      for (const task of view.dump.tasks) {
        const row = view.rows.get(task.no);
        if (row === undefined) report(task.no, `task ${task.eventId} has no instance`);
        else if (row.status === "Terminated") report(row, `task ${task.eventId} is kept for a terminated instance`);
      }
    },
  },
  {
    id: "worker-fence-unique",
    sentence: "No two live workers hold the same fence.",
    check(view, report) {
      const seen = new Map<number, number>();
      for (const { worker, fence } of view.dump.workers) {
        if (fence === null) continue;
        const other = seen.get(fence);
        if (other !== undefined) report(null, `workers ${other} and ${worker} hold fence ${fence}`);
        seen.set(fence, worker);
      }
    },
  },
];

function checkChildren(view: DumpView, row: InstanceRow, report: (detail: string) => void): void {
  const { children, replies, isFreshlyEdited } = view.openWork(row);
  if (children.size === 0 || isFreshlyEdited) return;
  const isAsked = (generation: number, taskId: number) =>
    generation === row.generation || replies.some((accepted) => accepted.generation === generation && taskId <= accepted.upTo);
  const answered = new Set<number>();
  for (const mail of view.inbox.get(row.no) ?? []) {
    const message = mailMessage(mail);
    if (message !== null && isReply(message) && isAsked(message.generation, message.taskId)) answered.add(message.taskId);
  }
  for (const [taskId, childId] of children) {
    if (answered.has(taskId)) continue;
    const child = view.rowsById.get(childId);
    const { parent } = child ?? {};
    if (child === undefined) report(`it waits for the sub-orchestration "${childId}", which does not exist`);
    else if (parent?.no !== row.no || !isAsked(parent.generation, taskId) || parent.taskId !== taskId) {
      report(`it waits for the sub-orchestration "${childId}", which belongs to another`);
    } else if (child.completedAt !== null)
      report(`it waits for the sub-orchestration "${childId}", which is ${child.status}, and no answer is in its inbox`);
  }
}
