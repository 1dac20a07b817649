import { messageOf } from "../../errors/perdure-error.ts";
import type { EpisodeResult, NotRun } from "../../model/executor.ts";
import { giveRows } from "../activities/give-row.ts";
import { MAX_CRASHES, pauseAfterLosses } from "../claims/suspicion.ts";
import type { Engine } from "../engine.ts";
import type { ActiveInstance } from "./instance.ts";
import { convict, release } from "./leaving.ts";

export const isNotRun = (result: EpisodeResult): result is NotRun =>
  result.kind === "lost" || result.kind === "declined" || result.kind === "poison";

/**
 * What becomes of an episode that was not carried out. Nothing of it is recorded and its mail is back in the mailbox: it is delivered again, at once or
 * later, here or elsewhere, until the instance is stopped for crashes.
 */
export function redeliver(engine: Engine, instance: ActiveInstance, result: NotRun): void {
  if (result.kind !== "declined") {
    engine.parts.executor.forget(instance.no);
    instance.wasRecorded(null);
  }
  instance.hold();
  switch (result.kind) {
    case "lost": {
      engine.losses.note("episode", instance.state.name, instance.state.instanceId, result);
      instance.loses(result.guilty);
      engine.table.noteSuspect(instance);
      const { losses } = instance;
      if (instance.crashes >= MAX_CRASHES) stop(engine, instance, messageOf("INSTANCE_POISON", { losses, last: result.reason }));
      else later(engine, instance, pauseAfterLosses(losses), false);
      return;
    }
    case "declined":
      later(engine, instance, result.retryAfterMs, result.elsewhere);
      return;
    case "poison":
      stop(engine, instance, messageOf("INSTANCE_POISON", { reason: result.reason }));
  }
}

function stop(engine: Engine, instance: ActiveInstance, message: string): void {
  convict(engine, instance, { code: "INSTANCE_POISON", message }, instance.mailbox.empty());
}

/** `elsewhere`: it is left to all workers then, this one among them. */
function later(engine: Engine, instance: ActiveInstance, ms: number, elsewhere: boolean): void {
  const deliver = () => {
    if (elsewhere && instance.unsettled > 0) void engine.committer.flushed().then(() => again(engine, instance, elsewhere));
    else again(engine, instance, elsewhere);
  };
  if (ms === 0) deliver();
  else {
    answerClients(engine, instance);
    engine.parts.scheduler.after(ms, deliver);
  }
}

/** It leaves only when its last batch is durable: activities of that begin here, and the next owner would run them as well. */
function again(engine: Engine, instance: ActiveInstance, elsewhere: boolean): void {
  if (!instance.again()) return;
  if (!elsewhere || engine.phase !== "running" || instance.unsettled > 0) {
    engine.enqueue(instance);
    return;
  }
  giveRows(engine, instance);
  release(engine, instance);
}

/** Clients are not kept waiting for the next delivery: what they have sent becomes rows of this batch, and their answer comes with it. */
function answerClients(engine: Engine, instance: ActiveInstance): void {
  const { committer, mailOrder } = engine;
  const { instanceId } = instance.state;
  const mail = instance.mailbox.takeClients();
  for (const { message, op } of mail) {
    committer.gathering.send({ to: { instanceId }, message }, op);
    mailOrder.sent(instanceId);
  }
  if (mail.length > 0) committer.requestSeal();
}
