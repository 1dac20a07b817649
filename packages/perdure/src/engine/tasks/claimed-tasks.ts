import { messageOf } from "../../errors/perdure-error.ts";
import { functionNotFound } from "../../model/function-not-found.ts";
import type { Message, TaskResultMessage } from "../../model/message.ts";
import { payload } from "../../model/payload.ts";
import { seedOfTaskRow } from "../../model/seed.ts";
import { parseTaskBody } from "../../store/parse.ts";
import type { TaskBody, TaskRow } from "../../store/rows.ts";
import { errorText } from "../../telemetry/value-text.ts";
import type { Dispatcher } from "../activities/dispatcher.ts";
import { isAlone, MAX_CRASHES } from "../crashes/suspicion.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { Unoffered } from "../placement/unoffered.ts";
import type { StoreClock } from "../time/store-clock.ts";
import type { ActivityRows } from "./activity-rows.ts";

export interface ClaimedTasksPort {
  readonly activityRows: Pick<ActivityRows, "finish" | "giveBack">;
  readonly dispatcher: Pick<Dispatcher, "submit">;
  readonly fleet: Pick<Fleet, "knows" | "known">;
  readonly unoffered: Pick<Unoffered, "isUnserved" | "left">;
  readonly storeClock: Pick<StoreClock, "now">;
}

/** What becomes of tasks that this worker has claimed from the shared queue. */
export class ClaimedTasks {
  readonly #port: ClaimedTasksPort;

  constructor(port: ClaimedTasksPort) {
    this.#port = port;
  }

  /**
   * Runs it, or ends it: as poison after too many crashes, as failed when no worker has offered its function for long enough. A task whose function
   * this worker has lost since the claim goes back to the queue.
   */
  take(row: TaskRow): void {
    const { fleet, unoffered, storeClock, dispatcher, activityRows } = this.#port;
    const { no, generation, eventId, instanceId, name, attempts, crashes } = row;
    const failed = { kind: "taskFailed", ts: storeClock.now(), generation, taskId: eventId, result: null } as const;
    if (crashes >= MAX_CRASHES) {
      this.#finish(row, { ...failed, poison: messageOf("ACTIVITY_POISON", name, eventId, { deaths: crashes }) });
      return;
    }
    if (!fleet.knows("activity", name)) {
      if (!unoffered.isUnserved("activity", name)) {
        unoffered.left("activity", name);
        activityRows.giveBack({ no, generation, eventId, attempts, crashes });
        return;
      }
      const failure = functionNotFound("FUNCTION_NOT_OFFERED", "activity", name, fleet.known("activity"));
      this.#finish(row, { ...failed, failure });
      return;
    }
    const body = this.#bodyOf(row, failed);
    if (body === null) return;
    const input = body.input === null ? null : payload(body.input);
    const progress = row.progress === null ? null : payload(row.progress);
    const { attempt, timeoutMs, seed = seedOfTaskRow(instanceId, no, generation), callId = eventId } = body;
    const { version = null, tags = null, trace = null } = body;
    const request = {
      no,
      generation,
      eventId,
      instanceId,
      name,
      alone: isAlone(crashes),
      input,
      attempt,
      seed,
      callId,
      timeoutMs,
      progress,
      version,
      tags,
      trace,
    };
    dispatcher.submit(request, { attempts, crashes });
  }

  /** Null: its instance is stopped. The call is in its history, so that a resume makes the row again. */
  #bodyOf(row: TaskRow, failed: TaskResultMessage): TaskBody | null {
    try {
      return parseTaskBody(row);
    } catch (error) {
      const unreadable = errorText(error);
      this.#finish(row, { ...failed, poison: messageOf("ACTIVITY_POISON", row.name, row.eventId, { unreadable }) });
      return null;
    }
  }

  #finish({ no, generation, eventId, attempts }: TaskRow, message: Message): void {
    this.#port.activityRows.finish({ no, generation, eventId, attempts, message: { to: { no }, message } });
  }
}
