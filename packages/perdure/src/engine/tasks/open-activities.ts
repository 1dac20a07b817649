import type { TaskScheduled } from "../../model/history.ts";
import type { LoadedInstance } from "../../store/rows.ts";
import type { Dispatcher } from "../activities/dispatcher.ts";
import type { Committer } from "../commits/committer.ts";
import { isSuspect } from "../crashes/suspicion.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import { resultMail } from "../instances/mailbox.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { StoreClock } from "../time/store-clock.ts";
import { activityRequest } from "./activity-call.ts";
import type { ActivityRows } from "./activity-rows.ts";
import type { KeptResults } from "./kept-results.ts";

export interface OpenActivitiesPort {
  readonly committer: Pick<Committer, "gathering" | "requestSeal">;
  readonly dispatcher: Pick<Dispatcher, "get" | "submit">;
  readonly keptResults: Pick<KeptResults, "take">;
  readonly fleet: Pick<Fleet, "keepsActivity">;
  readonly activityRows: Pick<ActivityRows, "leaveToAll">;
  readonly storeClock: Pick<StoreClock, "now">;
}

/** The activities that an instance waits for when it comes into memory. */
export class OpenActivities {
  readonly #port: OpenActivitiesPort;

  constructor(port: OpenActivitiesPort) {
    this.#port = port;
  }

  /** Open on load = scheduled − completed in history − completion in the inbox − row in the task queue (docs/design/ownership.md 7). */
  reopen(instance: ActiveInstance, loaded: LoadedInstance): void {
    const { state } = instance;
    const kept = this.#port.keptResults.take(instance.no, state.generation);
    if (state.activities.size === 0) return;
    const answered = instance.mailbox.answersTo(state.generation);
    for (const task of loaded.tasks) if (task.generation === state.generation) instance.rowGiven(task.eventId);
    for (const scheduled of state.activities.values()) {
      if (answered.has(scheduled.id) || instance.rowTasks.has(scheduled.id)) continue;
      const message = kept.get(scheduled.id);
      if (message === undefined) this.#begin(instance, scheduled);
      else instance.mailbox.put(resultMail(message));
    }
  }

  #begin(instance: ActiveInstance, scheduled: TaskScheduled): void {
    const { activityRows, committer, dispatcher, fleet, storeClock } = this.#port;
    const { generation } = instance.state;
    const { crashes } = instance;
    // An attempt that was begun before everything was read again continues here; a row beside it would be run as well.
    const isHere = dispatcher.get({ no: instance.no, generation, eventId: scheduled.id }) !== undefined;
    if (!isSuspect(crashes) && (isHere || fleet.keepsActivity(instance, scheduled))) {
      dispatcher.submit(activityRequest(instance, scheduled, generation));
      return;
    }
    activityRows.leaveToAll(instance, scheduled, crashes);
    if (isSuspect(crashes)) committer.gathering.touch(instance);
    else committer.gathering.update(instance, storeClock.now()); // its row says "at once" since it was claimed
    committer.requestSeal();
  }
}
