import { isEmptyEntity } from "../../core/entity-wake.ts";
import { foldAll } from "../../core/fold.ts";
import { nextWake } from "../../core/next-wake.ts";
import { receive } from "../../core/receive.ts";
import { isEntity } from "../../core/state.ts";
import { messageOf } from "../../errors/perdure-error.ts";
import type { PoisonCause } from "../../errors/poison-cause.ts";
import type { StopReason } from "../../store/rows.ts";
import { errorText } from "../../telemetry/value-text.ts";
import type { Committer } from "../commits/committer.ts";
import { poisonMessage } from "../crashes/poison-message.ts";
import { CRASHES_AFTER_POISON_STOP, isSuspect } from "../crashes/suspicion.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { Mail } from "../instances/mailbox.ts";
import type { WorkerParts } from "../options.ts";
import type { StoreClock } from "../time/store-clock.ts";

export interface LeavingPort {
  readonly committer: Pick<Committer, "gathering" | "requestSeal">;
  readonly storeClock: Pick<StoreClock, "now">;
  readonly parts: Pick<WorkerParts, "log" | "codeVersion">;
}

/** The ways in which an instance leaves this worker before it has ended: it is stopped, or released. */
export class Leaving {
  readonly #port: LeavingPort;

  constructor(port: LeavingPort) {
    this.#port = port;
  }

  /**
   * Stops an instance, with the reason in its status. What its code did is not recorded, and its mail stays in the inbox. `tried`: the mail of the
   * attempt that ended in this stop. Suspend and resume messages among it are recorded and consumed: a resume allows one try, and one that stayed in
   * the inbox would start the instance again and again. A resume that has come since prevents the stop (see the store's contract).
   */
  stop(instance: ActiveInstance, reason: Omit<StopReason, "at">, tried: readonly Mail[], crashes: number | null = null): void {
    const { committer, storeClock, parts } = this.#port;
    const batch = committer.gathering;
    instance.mailbox.putBack(this.#takeControls(instance, tried));
    this.#leaveMemory(instance);
    batch.stop(instance, { no: instance.no, version: instance.version, reason: { ...reason, at: storeClock.now() }, crashes });
    const { instanceId, name } = instance.state;
    const fields = { instanceId, orchestrator: name, code: reason.code };
    parts.log.write({ level: "error", event: "instance.stopped", message: `Stopped "${instanceId}": ${reason.message}`, fields });
    committer.requestSeal();
  }

  /** Stops an instance whose stored rows cannot be read. */
  stopUnreadable(instance: ActiveInstance, error: unknown, tried: readonly Mail[]): void {
    const message = messageOf("STORED_DATA_UNREADABLE", errorText(error));
    this.stop(instance, { code: "STORED_DATA_UNREADABLE", message, codeMayCure: false }, tried);
  }

  /**
   * Like {@link stop}, for an instance that ends its processes, or whose activity does. Without a resume only different code runs it again, and the
   * next death stops it again.
   */
  stopAsPoison(instance: ActiveInstance, { code, message }: Pick<StopReason, "code" | "message">, tried: readonly Mail[]): void {
    const codeVersions = [...new Set([...instance.poisonCodeVersions, this.#port.parts.codeVersion])];
    this.stop(instance, { code, message, codeMayCure: true, codeVersions }, tried, CRASHES_AFTER_POISON_STOP);
  }

  /** … with all that waits for it. */
  stopAsInstancePoison(instance: ActiveInstance, cause: PoisonCause): void {
    const mail = instance.mailbox.empty();
    const messages = mail.map(({ message }) => message);
    const message = poisonMessage(cause, instance.state, messages, this.#port.storeClock.now());
    this.stopAsPoison(instance, { code: "INSTANCE_POISON", message }, mail);
  }

  /**
   * Gives an instance back: it sleeps until its next wake reason, or is ready for others at once when it has work to do. The row of an entity that has
   * nothing to keep is deleted.
   */
  release(instance: ActiveInstance): void {
    const { committer, storeClock } = this.#port;
    const wake = nextWake(instance.state, instance.rowTasks);
    const hasWork = wake === "now" || !instance.mailbox.isEmpty;
    const drops = !hasWork && isEntity(instance.state) && isEmptyEntity(instance.state, storeClock.now());
    this.#leaveMemory(instance);
    const row = { no: instance.no, version: instance.version, nextWake: wake, asReady: hasWork };
    committer.gathering.release(instance, drops ? { ...row, drop: true } : row);
    committer.requestSeal();
  }

  /**
   * A suspect that has nothing to do (all that it has open is in the task queue now) leaves at once, and the next one comes: when one of its
   * tasks ends the process, that does not count against an instance which only waited beside it. False: it is no such instance.
   */
  releaseSuspectAtRest(instance: ActiveInstance): boolean {
    if (!isSuspect(instance.crashes) || !instance.mailbox.isEmpty) return false;
    const wake = nextWake(instance.state, instance.rowTasks);
    if (wake === "now" || (wake !== null && wake <= this.#port.storeClock.now())) return false;
    this.release(instance);
    return true;
  }

  /** Once the batch is sealed another worker may own the instance: what it still held in memory becomes rows. */
  #leaveMemory(instance: ActiveInstance): void {
    const batch = this.#port.committer.gathering;
    for (const mail of instance.leave()) {
      // Rows stay where they are, and mail of other instances is sealed by its own batch. Clients' mail has neither yet, nor have results of
      // activities without a task row: the next owner would run these again.
      if (mail.op !== null || mail.isVolatile) batch.send({ to: { no: instance.no }, message: mail.message }, mail.op);
    }
  }

  /** Records and consumes suspensions and resumptions; gives the mail that is left. */
  #takeControls(instance: ActiveInstance, tried: readonly Mail[]): readonly Mail[] {
    const controls = tried.filter(isControl);
    if (controls.length === 0) return tried;
    const { committer, storeClock } = this.#port;
    const batch = committer.gathering;
    const { state } = instance;
    if (isEntity(state)) {
      batch.consume(instance, controls); // no entity is suspended
      return tried.filter((mail) => !isControl(mail));
    }
    const { generation, nextSeq } = state;
    const messages = controls.map(({ message }) => message);
    const { events, at } = receive(state, messages, storeClock.now());
    const recorded = events.filter(({ kind }) => kind === "ExecutionSuspended" || kind === "ExecutionResumed");
    foldAll(state, recorded);
    batch.appendHistory({ instance, generation, firstSeq: nextSeq, events: recorded, at });
    if (recorded.length > 0) batch.update(instance, at);
    batch.consume(instance, controls);
    return tried.filter((mail) => !isControl(mail));
  }
}

const isControl = ({ message: { kind } }: Mail): boolean => kind === "suspend" || kind === "resume";
