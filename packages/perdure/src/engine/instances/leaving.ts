import { foldAll } from "../../core/fold.ts";
import { nextWake } from "../../core/next-wake.ts";
import { receive } from "../../core/receive.ts";
import { messageOf } from "../../errors/perdure-error.ts";
import type { StopReason } from "../../store/rows.ts";
import { CRASHES_AFTER_CONVICTION } from "../claims/suspicion.ts";
import type { Engine } from "../engine.ts";
import type { ActiveInstance } from "./instance.ts";
import type { Mail } from "./mailbox.ts";

/**
 * Takes an instance out of circulation with the reason in its status. What its code did is not recorded, and its mail stays in the inbox. `tried`:
 * the mail of the attempt that ended in this stop. Of that the operator's words are recorded and consumed: a resume is good for one try, and one
 * that stayed in the inbox would set the instance going again and again. A resume that has come since prevents the stop (see the store's contract).
 */
export function stopInstance(
  engine: Engine,
  instance: ActiveInstance,
  reason: Omit<StopReason, "at">,
  tried: readonly Mail[],
  crashes: number | null = null,
): void {
  const { committer, storeClock, parts } = engine;
  const batch = committer.gathering;
  instance.mailbox.putBack(takeControls(engine, instance, tried));
  leaveMemory(engine, instance);
  batch.stop(instance, { no: instance.no, version: instance.version, reason: { ...reason, at: storeClock.now() }, crashes });
  const { instanceId, name } = instance.state;
  const fields = { instanceId, orchestrator: name, code: reason.code };
  parts.log.write({ level: "error", event: "instance.stopped", message: `Stopped "${instanceId}": ${reason.message}`, fields });
  committer.requestSeal();
}

/** As {@link stopInstance}, of one whose rows say what no release has written. */
export function stopUnreadable(engine: Engine, instance: ActiveInstance, error: unknown, tried: readonly Mail[]): void {
  const message = messageOf("STORED_DATA_UNREADABLE", error instanceof Error ? error.message : String(error));
  stopInstance(engine, instance, { code: "STORED_DATA_UNREADABLE", message, codeMayCure: false }, tried);
}

/**
 * As {@link stopInstance}, of an instance that ends its processes, or whose activity does. Only other code than theirs sets it going by itself, and the
 * next death stops it again.
 */
export function convict(
  engine: Engine,
  instance: ActiveInstance,
  { code, message }: Pick<StopReason, "code" | "message">,
  tried: readonly Mail[],
): void {
  const codeVersions = [...new Set([...instance.convictedBy, engine.parts.codeVersion])];
  stopInstance(engine, instance, { code, message, codeMayCure: true, codeVersions }, tried, CRASHES_AFTER_CONVICTION);
}

/** Gives an instance back: it sleeps until its next wake reason, or is ready for others at once when it has work to do. */
export function release(engine: Engine, instance: ActiveInstance): void {
  const batch = engine.committer.gathering;
  const wake = nextWake(instance.state, instance.rowTasks);
  const hasWork = wake === "now" || !instance.mailbox.isEmpty;
  leaveMemory(engine, instance);
  batch.release(instance, { no: instance.no, version: instance.version, nextWake: wake, asReady: hasWork });
  engine.committer.requestSeal();
}

/** From the seal until the answer the instance is a stranger's: what it still held in memory becomes rows. */
function leaveMemory(engine: Engine, instance: ActiveInstance): void {
  const batch = engine.committer.gathering;
  for (const mail of instance.leave()) {
    // Rows stay where they are, and mail of other instances is sealed by its own batch. Clients' mail has neither yet, nor have results of
    // activities without a task row: the next owner would run these again.
    if (mail.op !== null || mail.isVolatile) batch.send({ to: { no: instance.no }, message: mail.message }, mail.op);
  }
}

/** Records and consumes suspensions and resumptions; gives the mail that is left. */
function takeControls(engine: Engine, instance: ActiveInstance, tried: readonly Mail[]): readonly Mail[] {
  const controls = tried.filter(isControl);
  if (controls.length === 0) return tried;
  const batch = engine.committer.gathering;
  const { state } = instance;
  const { generation, nextSeq } = state;
  const messages = controls.map(({ message }) => message);
  const { events, at } = receive(state, messages, engine.storeClock.now());
  const recorded = events.filter(({ kind }) => kind === "ExecutionSuspended" || kind === "ExecutionResumed");
  foldAll(state, recorded);
  batch.appendHistory(instance, generation, nextSeq, recorded, at);
  if (recorded.length > 0) batch.update(instance, at);
  batch.consume(instance, controls);
  return tried.filter((mail) => !isControl(mail));
}

const isControl = ({ message: { kind } }: Mail): boolean => kind === "suspend" || kind === "resume";
