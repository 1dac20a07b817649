import type { ActivityRequest } from "../../model/executor.ts";
import type { CommitReceipt } from "../../store/commit.ts";
import type { Dispatcher } from "../activities/dispatcher.ts";
import { DELIVERED } from "../calls/client-op.ts";
import type { InboxRows } from "../claims/inbox-rows.ts";
import { answerSent } from "../commits/answer-sent.ts";
import type { Effects, StartingActivity } from "../commits/sealed-batch.ts";
import type { Announcements } from "../instances/announcements.ts";
import type { MessageRouter } from "../mail/message-router.ts";
import type { WorkerParts } from "../options.ts";
import type { Births } from "../ownership/births.ts";
import type { Departures } from "../ownership/departures.ts";
import type { Ends } from "../ownership/ends.ts";
import { activityRequest } from "../tasks/activity-call.ts";

export interface AfterCommitPort {
  readonly births: Pick<Births, "onDurable">;
  readonly router: Pick<MessageRouter, "onDurable">;
  readonly dispatcher: Pick<Dispatcher, "submitAll" | "abortInstance">;
  readonly ends: Pick<Ends, "onDurable">;
  readonly departures: Pick<Departures, "onDurable">;
  readonly announcements: Pick<Announcements, "announce" | "changed">;
  readonly inbox: Pick<InboxRows, "forget">;
  readonly parts: Pick<WorkerParts, "taps">;
}

/** What leaves when a batch is durable, in this order, and not before. */
export class AfterCommit {
  readonly #port: AfterCommitPort;

  constructor(port: AfterCommitPort) {
    this.#port = port;
  }

  apply(effects: Effects, receipt: CommitReceipt): void {
    const port = this.#port;
    for (const instance of effects.touched) instance.batchIsDurable();
    for (const { instance, mail } of effects.consumedMail) if (mail.seq !== null) port.inbox.forget(instance, mail.seq);
    port.births.onDurable(effects, receipt);
    port.router.onDurable(effects);
    port.dispatcher.submitAll(effects.activities, wantedRequest);
    for (const instance of effects.started) if (instance.end === null) port.announcements.announce(instance);
    for (const cancel of effects.cancelTasks) port.dispatcher.abortInstance(cancel.no, cancel.generation, "terminated");
    for (const instance of effects.ended) port.ends.onDurable(instance);
    for (const op of effects.consumedOps) op.resolve(DELIVERED);
    answerSent(effects, receipt);
    port.departures.onDurable(effects, receipt);
    port.announcements.changed(effects.touched);
    port.parts.taps?.onRecorded(effects.recorded);
  }
}

/** Null: its instance has gone on without it, or is gone. */
function wantedRequest({ instance, scheduled, generation }: StartingActivity): ActivityRequest | null {
  const { gone, state } = instance;
  if (gone || state.generation !== generation || !state.activities.has(scheduled.id)) return null;
  return activityRequest(instance, scheduled, generation);
}
