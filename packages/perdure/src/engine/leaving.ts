import { nextWake } from "../core/next-wake.ts";
import type { StopReason } from "../store/rows.ts";
import type { Engine } from "./engine.ts";
import type { ActiveInstance } from "./instance.ts";

/** Takes an instance out of circulation with the reason in its status. Its history is untouched and its mail stays in the inbox. */
export function stopInstance(engine: Engine, instance: ActiveInstance, reason: Omit<StopReason, "at">): void {
  const { committer, storeClock, parts } = engine;
  const batch = committer.gathering;
  leaveMemory(engine, instance);
  batch.stops.push({ no: instance.no, version: instance.version, reason: { ...reason, at: storeClock.now() } });
  batch.touch(instance);
  const { instanceId, name } = instance.state;
  const fields = { instanceId, orchestrator: name, code: reason.code };
  parts.log.write({ level: "error", event: "instance.stopped", message: `Stopped "${instanceId}": ${reason.message}`, fields });
  committer.requestSeal();
}

/** Gives an instance back: it sleeps until its next wake reason, or is ready for others at once when it has work to do. */
export function release(engine: Engine, instance: ActiveInstance): void {
  const batch = engine.committer.gathering;
  const wake = nextWake(instance.state, instance.rowTasks);
  const hasWork = wake === "now" || instance.mailbox.length > 0;
  leaveMemory(engine, instance);
  batch.releases.push({ no: instance.no, version: instance.version, nextWake: wake, asReady: hasWork });
  batch.touch(instance);
  engine.committer.requestSeal();
}

/** From the seal until the answer the instance is a stranger's: what it still held in memory becomes rows. */
function leaveMemory(engine: Engine, instance: ActiveInstance): void {
  const batch = engine.committer.gathering;
  instance.leaving = true;
  for (const mail of instance.mailbox) {
    // Rows stay where they are, and mail of other instances is sealed by its own batch; clients' mail has neither yet.
    if (mail.op !== null) batch.send({ to: { no: instance.no }, message: mail.message }, mail.op);
  }
  instance.mailbox = [];
  instance.heldSeqs.clear();
}
