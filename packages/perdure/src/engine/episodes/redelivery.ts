import { isEntity } from "../../core/state.ts";
import type { Declined, EntityBatchResult, EpisodeResult, NotRun } from "../../model/executor.ts";
import type { Dispatcher } from "../activities/dispatcher.ts";
import type { Committer } from "../commits/committer.ts";
import { MAX_CRASHES, pauseAfterLosses } from "../crashes/suspicion.ts";
import type { LossLog } from "../executor/loss-log.ts";
import { WaitingForPlace } from "../executor/waiting-for-place.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { ClientMail } from "../mail/client-mail.ts";
import type { WorkerParts } from "../options.ts";
import type { Leaving } from "../ownership/leaving.ts";
import type { Phase } from "../phase.ts";
import type { ActivityRows } from "../tasks/activity-rows.ts";

const DRAIN_PAUSE_MS = 100;

export interface RedeliveryPort {
  readonly activityRows: Pick<ActivityRows, "giveAll">;
  readonly dispatcher: Pick<Dispatcher, "submitRest">;
  readonly phase: Phase;
  readonly leaving: Pick<Leaving, "stopAsInstancePoison" | "release">;
  readonly committer: Pick<Committer, "flushed">;
  readonly clientMail: Pick<ClientMail, "answer">;
  readonly losses: Pick<LossLog, "note">;
  readonly table: Pick<InstanceTable, "noteSuspect">;
  readonly parts: Pick<WorkerParts, "executor" | "scheduler">;
  enqueue(instance: ActiveInstance): void;
}

export const isNotRun = (result: EpisodeResult | EntityBatchResult): result is NotRun =>
  result.kind === "lost" || result.kind === "declined" || result.kind === "poison";

/** Episodes that were not carried out: they are delivered again, at once or later, here or elsewhere, until the instance is stopped for crashes. */
export class Redelivery {
  readonly #port: RedeliveryPort;
  readonly #declined: WaitingForPlace;

  constructor(port: RedeliveryPort) {
    this.#port = port;
    this.#declined = new WaitingForPlace(port.parts.scheduler);
  }

  /** The executor has gained places or orchestrators. */
  placesCame(): void {
    this.#declined.allNow();
  }

  /** Nothing of it is recorded, and its mail is back in the mailbox. */
  redeliver(instance: ActiveInstance, result: NotRun): void {
    const { parts, losses, table } = this.#port;
    if (result.kind !== "declined") {
      parts.executor.forget(instance.no);
      instance.wasRecorded(null);
    }
    instance.hold();
    switch (result.kind) {
      case "lost": {
        losses.note(isEntity(instance.state) ? "batch of operations" : "episode", instance.state.name, instance.state.instanceId, result);
        instance.loses(result.atFault);
        table.noteSuspect(instance);
        const last = result.reason;
        if (instance.crashes >= MAX_CRASHES) this.#port.leaving.stopAsInstancePoison(instance, { losses: instance.losses, last });
        else this.#later(instance, pauseAfterLosses(instance.losses));
        return;
      }
      case "declined":
        this.#port.clientMail.answer(instance);
        this.#declined.again(this.#pauseOf(result), (isEarly) => this.#afterDeclined(instance, result.elsewhere && !isEarly));
        return;
      case "poison":
        this.#port.leaving.stopAsInstancePoison(instance, { reason: result.reason });
    }
  }

  #later(instance: ActiveInstance, ms: number): void {
    if (ms === 0) {
      this.#again(instance, false);
      return;
    }
    this.#port.clientMail.answer(instance);
    this.#port.parts.scheduler.after(ms, () => this.#again(instance, false));
  }

  /** While it drains nothing is left to others in between, so one that is for them would be asked for without a pause. */
  #pauseOf({ retryAfterMs }: Declined): number {
    return this.#port.phase === "running" ? retryAfterMs : Math.max(retryAfterMs, DRAIN_PAUSE_MS);
  }

  /** `elsewhere`: it is left to all workers, this one among them. */
  #afterDeclined(instance: ActiveInstance, elsewhere: boolean): void {
    if (elsewhere && instance.undurableBatches > 0) void this.#port.committer.flushed().then(() => this.#again(instance, elsewhere));
    else this.#again(instance, elsewhere);
  }

  /** It leaves only when its last batch is durable: activities of that begin here, and the next owner would run them as well. */
  #again(instance: ActiveInstance, elsewhere: boolean): void {
    if (!instance.again()) return;
    if (!elsewhere || this.#port.phase !== "running" || instance.undurableBatches > 0) {
      this.#port.enqueue(instance);
      return;
    }
    this.#port.dispatcher.submitRest(instance.no);
    this.#port.activityRows.giveAll(instance);
    this.#port.leaving.release(instance);
  }
}
