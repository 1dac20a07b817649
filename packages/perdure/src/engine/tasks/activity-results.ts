import { messageOf } from "../../errors/perdure-error.ts";
import type { RanAt } from "../../model/history.ts";
import type { EventId, WorkerId } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import type { Payload } from "../../model/payload.ts";
import type { FinishedTask } from "../../store/commit.ts";
import type { Attempt, RunningTask } from "../activities/running-task.ts";
import type { Committer } from "../commits/committer.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import { resultMail } from "../instances/mailbox.ts";
import type { WorkerParts } from "../options.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { StoreClock } from "../time/store-clock.ts";
import type { ActivityRows } from "./activity-rows.ts";
import type { KeptResults } from "./kept-results.ts";

export interface ActivityResultsPort {
  readonly activityRows: Pick<ActivityRows, "finish" | "withdraw">;
  readonly committer: Pick<Committer, "isOccupied">;
  readonly table: InstanceTable;
  readonly keptResults: Pick<KeptResults, "keep">;
  readonly fleet: Pick<Fleet, "meter">;
  readonly storeClock: Pick<StoreClock, "at">;
  readonly identity: { readonly worker: WorkerId };
  readonly parts: Pick<WorkerParts, "clock">;
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
    const { activityRows, committer, table, keptResults } = this.#port;
    const { request, row } = task;
    if (result.kind === "aborted" && (result.reason === "shutdown" || result.reason === "lost")) return; // another run will come
    this.#port.fleet.meter.attempted(result.kind === "failed" || result.kind === "poison");
    const message = resultMessage(task, result, this.#at(task));
    if (row !== null && !activityRows.withdraw(task)) {
      const { no, generation, eventId } = request;
      const finished: FinishedTask = {
        no,
        generation,
        eventId,
        attempts: row.attempts,
        message: task.resultDropped || message === null ? null : { to: { no }, message },
      };
      activityRows.finish(finished);
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

  #at({ startedAt }: RunningTask): At {
    const { parts, storeClock, identity } = this.#port;
    const now = parts.clock.monotonicMs();
    const ts = storeClock.at(now);
    // Null: its last place was lost.
    return startedAt === null ? { ts } : { ts, ran: Math.round(now - startedAt), by: identity.worker };
  }
}

type At = RanAt & { readonly ts: number };

function resultMessage(task: RunningTask, result: Attempt, at: At): Message | null {
  const { generation, eventId: taskId } = task.request;
  if (result.kind === "completed") return taskCompleted(at, generation, taskId, result.result);
  if (result.kind === "aborted") return null;
  if (result.kind === "poison") {
    const poison = messageOf("ACTIVITY_POISON", task.request.name, taskId, result.cause);
    return { kind: "taskFailed", ...at, generation, taskId, result: null, poison };
  }
  const progress = task.progress === null ? {} : { progress: task.progress };
  return { kind: "taskFailed", ...at, generation, taskId, result: null, failure: result.failure, ...progress };
}

/** Field by field: a spread would cost 0.1 µs for each activity. */
function taskCompleted({ ts, ran, by }: At, generation: number, taskId: EventId, result: Payload | null): Message {
  return ran === undefined || by === undefined
    ? { kind: "taskCompleted", ts, generation, taskId, result }
    : { kind: "taskCompleted", ts, ran, by, generation, taskId, result };
}
