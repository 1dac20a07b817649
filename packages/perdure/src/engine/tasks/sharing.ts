import type { Dispatcher } from "../activities/dispatcher.ts";
import type { RunningTask } from "../activities/running-task.ts";
import { isSuspect } from "../crashes/suspicion.ts";
import type { Phase } from "../phase.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { ActivityRows } from "./activity-rows.ts";

/** Tasks that leave the line at once: a batch of them stays under its row limit. */
const ROWS_A_TURN = 500;

export interface SharingPort {
  readonly phase: Phase;
  readonly dispatcher: Pick<Dispatcher, "all" | "waiting">;
  readonly fleet: Pick<Fleet, "isAlone" | "takesActivities">;
  readonly activityRows: Pick<ActivityRows, "handOver">;
}

/** Activities that wait for a place here are left to all workers, while another one has places for them. */
export class Sharing {
  readonly #port: SharingPort;

  constructor(port: SharingPort) {
    this.#port = port;
  }

  shareLine(): void {
    const { phase, dispatcher, fleet, activityRows } = this.#port;
    if (fleet.isAlone || phase !== "running" || dispatcher.waiting === 0) return;
    let shared = 0;
    for (const task of dispatcher.all()) {
      if (shared >= ROWS_A_TURN) return;
      if (task.startedAt !== null || task.resultDropped || !mayLeave(task) || !fleet.takesActivities(task.request.name)) continue;
      if (activityRows.handOver(task)) shared += 1;
    }
  }
}

/** A crash suspect that this worker has claimed waits for its turn among suspects, not for a place: elsewhere it would wait as well. */
const mayLeave = ({ row, isForOthers, crashes }: RunningTask): boolean => row === null || isForOthers || !isSuspect(crashes);
