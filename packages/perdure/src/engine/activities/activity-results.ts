import { messageOf } from "../../errors/perdure-error.ts";
import type { Message } from "../../model/message.ts";
import type { FinishedTask } from "../../store/commit.ts";
import type { Committer } from "../commits/committer.ts";
import type { KeptResults } from "../commits/kept-results.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import { resultMail } from "../instances/mailbox.ts";
import type { StoreClock } from "../time/store-clock.ts";
import type { Attempt, RunningTask } from "./running-task.ts";

export interface ActivityResultsPort {
  readonly committer: Pick<Committer, "gathering" | "requestSeal" | "isOccupied">;
  readonly table: InstanceTable;
  readonly keptResults: Pick<KeptResults, "keep">;
  readonly storeClock: Pick<StoreClock, "now">;
  enqueue(instance: ActiveInstance): void;
}

/** Where the results of activities go: to their instance in memory, or into the store as a row. */
export class ActivityResults {
  readonly #port: ActivityResultsPort;

  constructor(port: ActivityResultsPort) {
    this.#port = port;
  }

  /** An attempt has ended. Its result goes to the instance in memory, or as a row with the end of its task row. */
  deliver(task: RunningTask, result: Attempt): void {
    const { committer, table, keptResults } = this.#port;
    const { request, row } = task;
    if (result.kind === "aborted" && (result.reason === "shutdown" || result.reason === "lost")) return; // another run will come
    const message = resultMessage(task, result, this.#port.storeClock.now());
    if (row !== null && !this.#withdrawRow(task)) {
      const { no, generation, eventId } = request;
      const finished: FinishedTask = {
        no,
        generation,
        eventId,
        attempts: row.attempts,
        message: task.resultDropped || message === null ? null : { to: { no }, message },
      };
      committer.gathering.tasks.finish(finished);
      committer.requestSeal();
      return;
    }
    const instance = table.byNo(request.no);
    if (task.resultDropped || message === null || instance?.leaving === true) return;
    if (instance === undefined) {
      if (committer.isOccupied || table.isLoading(request.no)) keptResults.keep(request.no, message);
      return; // else it belongs to no task here
    }
    // In memory only, on purpose: until an episode has recorded it the activity counts as not run, and a crash runs it again.
    instance.mailbox.put(resultMail(message));
    this.#port.enqueue(instance);
  }

  /**
   * An attempt may end before the batch with its row has left: a row that was finished and made in one batch would stay for ever. The row is not
   * made then, and the result goes the way of those without; an instance that is just leaving without it gets a free row instead.
   */
  #withdrawRow(task: RunningTask): boolean {
    const { no, eventId } = task.request;
    const batch = this.#port.committer.gathering;
    const unborn = batch.tasks.take(task.request);
    if (unborn === null) return false;
    const instance = this.#port.table.byNo(no);
    if (instance?.leaving === true) batch.tasks.add({ ...unborn, claimed: false });
    else if (instance?.rowTakenBack(eventId) === true) batch.update(instance, this.#port.storeClock.now()); // work without a row again
    task.row = null;
    return true;
  }
}

function resultMessage(task: RunningTask, result: Attempt, ts: number): Message | null {
  const { generation, eventId: taskId } = task.request;
  if (result.kind === "completed") return { kind: "taskCompleted", ts, generation, taskId, result: result.result };
  if (result.kind === "aborted") return null;
  if (result.kind === "poison") {
    const poison = messageOf("ACTIVITY_POISON", task.request.name, taskId, result.cause);
    return { kind: "taskFailed", ts, generation, taskId, result: null, poison };
  }
  const progress = task.progress === null ? {} : { progress: task.progress };
  return { kind: "taskFailed", ts, generation, taskId, result: null, failure: result.failure, ...progress };
}
