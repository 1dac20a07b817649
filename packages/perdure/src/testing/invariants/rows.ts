import { isEditMark } from "../../model/edit-mark.ts";
import { isTerminal } from "../../model/status.ts";
import type { InstanceRow } from "../../store/rows.ts";
import type { Invariant } from "./invariant.ts";
import { neededAt } from "./needs.ts";
import type { DumpView } from "./view.ts";

/** What instance rows must look like, by themselves and against their history (docs/design/ownership.md 2). */
export const rowInvariants: readonly Invariant[] = [
  {
    id: "row-unique",
    sentence: "An instance id and an instance number name one row each.",
    check(view, report) {
      const nos = new Set<number>();
      const ids = new Set<string>();
      for (const row of view.dump.instances) {
        if (nos.has(row.no)) report(row, "its number is given twice");
        if (ids.has(row.instanceId)) report(row, "its id is given twice");
        nos.add(row.no);
        ids.add(row.instanceId);
      }
    },
  },
  {
    id: "row-done-shape",
    sentence: "A row has a completion time exactly when its status is terminal, and then it has no owner, no wake time and no stop reason.",
    check: eachRow((_, row, report) => {
      const done = row.completedAt !== null;
      if (done !== isTerminal(row.status)) report(`it is ${row.status} and ${done ? "has" : "has no"} completion time`);
      if (done && (row.owner !== null || row.wakeAt !== null || row.stopped !== null)) {
        report(`it is ${row.status} with owner ${row.owner}, wake time ${row.wakeAt} and stop reason ${row.stopped?.code ?? null}`);
      }
    }),
  },
  {
    id: "row-one-state",
    sentence: "A row that is not done is owned, or unowned with or without a wake time, or stopped: never two of these.",
    check: eachRow((_, row, report) => {
      if (row.completedAt !== null) return;
      if (row.owner !== null && row.wakeAt !== null) report(`it has owner ${row.owner} and wake time ${row.wakeAt}`);
      if (row.stopped !== null && (row.owner !== null || row.wakeAt !== null)) {
        report(`it is stopped with owner ${row.owner} and wake time ${row.wakeAt}`);
      }
    }),
  },
  {
    id: "row-owner-exists",
    sentence: "Every owner is a row of the workers' table, alive or a tombstone.",
    check: eachRow((view, row, report) => {
      if (row.owner !== null && !view.workers.has(row.owner)) report(`its owner ${row.owner} does not exist`);
    }),
  },
  {
    id: "row-status-by-history",
    sentence: "The status in the row is the one its history tells.",
    check: eachRow((view, row, report) => {
      const { status } = view.openWork(row);
      if (row.status !== status) report(`the row says ${row.status}, its history ${status}`);
    }),
  },
  {
    id: "row-execution-by-history",
    sentence: "Generation, execution id, input, version, tags and times in the row fit its history.",
    check: eachRow(checkExecution),
  },
  {
    id: "history-not-ahead",
    sentence: "Nothing is recorded at a time that the store has not reached.",
    check: eachRow((view, row, report) => {
      const ahead = view.current(row).find((event) => event.ts > view.now + view.clockSlackMs);
      if (ahead !== undefined) report(`${ahead.kind} is recorded at ${ahead.ts}, and the store's time is ${view.now}`);
    }),
  },
  {
    id: "wake-reason",
    sentence:
      "Every row that is not done, not stopped and not owned is ready or will be when its earliest timer is due (docs/design/ownership.md 2).",
    check: eachRow((view, row, report) => {
      if (row.completedAt !== null || row.stopped !== null || row.owner !== null) return;
      const needed = neededAt(view, row, view.openWork(row));
      const latest = Math.max(needed, view.now + view.clockSlackMs);
      const wakeAt = row.wakeAt ?? Number.POSITIVE_INFINITY;
      if (needed < Number.POSITIVE_INFINITY && wakeAt > latest) {
        report(
          `it has work ${needed < view.now ? "now" : `at ${needed}`} and wakes ${row.wakeAt === null ? "never" : `at ${row.wakeAt}`} (now ${view.now})`,
        );
      }
    }),
  },
  {
    id: "wake-for-mail",
    sentence: "A row that is not owned, not stopped and has mail is ready.",
    check: eachRow((view, row, report) => {
      if (row.completedAt !== null || row.stopped !== null || row.owner !== null) return;
      const mail = view.inbox.get(row.no)?.length ?? 0;
      if (mail > 0 && (row.wakeAt === null || row.wakeAt > view.now + view.clockSlackMs)) {
        report(`${mail} messages wait for it and it wakes ${row.wakeAt === null ? "never" : `at ${row.wakeAt}`} (now ${view.now})`);
      }
    }),
  },
  {
    id: "wake-not-late",
    sentence: "The wake time of an unowned row is not later than the next wake its last owner computed, or now.",
    check: eachRow((view, row, report) => {
      if (row.completedAt !== null || row.stopped !== null || row.owner !== null || row.nextWake === null) return;
      const nextWake = row.nextWake === "now" ? view.now + view.clockSlackMs : Math.max(row.nextWake, view.now + view.clockSlackMs);
      if (row.wakeAt === null || row.wakeAt > nextWake) report(`next wake is ${row.nextWake}, wake time ${row.wakeAt}`);
    }),
  },
  {
    id: "next-wake-true",
    sentence: "The next wake in the row is not later than what its history leaves open, so that the next owner comes in time.",
    check: eachRow((view, row, report) => {
      if (row.completedAt !== null || row.stopped !== null) return;
      const needed = neededAt(view, row, view.openWork(row));
      const nextWake = row.nextWake === "now" ? Number.NEGATIVE_INFINITY : (row.nextWake ?? Number.POSITIVE_INFINITY);
      if (nextWake > Math.max(needed, view.now + view.clockSlackMs)) report(`next wake is ${row.nextWake}, and there is work at ${needed}`);
    }),
  },
];

function eachRow(check: (view: DumpView, row: InstanceRow, report: (detail: string) => void) => void): Invariant["check"] {
  return (view, report) => {
    for (const row of view.dump.instances) check(view, row, (detail) => report(row, detail));
  };
}

function checkExecution(view: DumpView, row: InstanceRow, report: (detail: string) => void): void {
  const events = view.current(row);
  // A copied ExecutionStarted names the execution that it was recorded for: who the instance is now stands in the mark.
  const named = events.findLast((event) => event.kind === "ExecutionStarted" || isEditMark(event));
  if (named !== undefined && "executionId" in named && named.executionId !== row.executionId)
    report(`the row names execution ${row.executionId}, its history ${named.executionId}`);
  for (const event of events) {
    if (event.kind === "ExecutionStarted") {
      if (event.input !== row.input) report("the input in the row is not the one in its history");
      if (event.version !== row.orchestrationVersion)
        report(`the row has version ${row.orchestrationVersion}, its history ${event.version}`);
      if (JSON.stringify(event.tags) !== JSON.stringify(row.tags)) report("the tags in the row are not those in its history");
      if (row.generation === 0 && row.startAt !== null && event.ts < row.startAt)
        report(`it was to start at ${row.startAt} and did at ${event.ts}`);
    }
    if (event.kind === "ExecutionCompleted") checkEnd(row, event.status, event.result, report);
  }
  if (row.completedAt !== null && row.completedAt < row.createdAt) report("it ended before it was created");
}

function checkEnd(row: InstanceRow, status: string, result: string | null, report: (detail: string) => void): void {
  if (row.completedAt === null) report(`its history ended (${status}) and the row is open`);
  if (status === "Completed" && row.output !== result) report("the output in the row is not the one in its history");
}
