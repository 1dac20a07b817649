import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { EventRaised } from "../../model/history.ts";
import type { EventId } from "../../model/ids.ts";
import { errorText } from "../../telemetry/value-text.ts";
import { CallFault, EventTimeoutFault } from "../failures/faults.ts";
import { validateNow } from "../values/schema.ts";
import type { CancellableTask } from "./durable-task.ts";
import { TaskCore } from "./durable-task.ts";
import type { EpisodePort } from "./episode-port.ts";
import type { EventWaiter } from "./event-box.ts";
import type { Effect, Settleable, SettlingEvent } from "./settleable.ts";
import { cancelTimer } from "./timer-task.ts";

/** The clock that runs against a wait. */
export interface EventTimeout {
  readonly timerId: EventId;
  /** As the author wrote it, for the error. */
  readonly text: string;
  /** What the wait gives instead; null: it throws. */
  readonly otherwise: { readonly value: unknown } | null;
}

/** `ctx.waitForExternalEvent`. A cancelled wait takes no event and never completes. */
export class EventTaskCore extends TaskCore<unknown> implements CancellableTask<unknown>, EventWaiter, Settleable {
  readonly #port: EpisodePort;
  readonly name: string;
  readonly nameKey: string;
  readonly #schema: StandardSchemaV1 | null;
  #timeout: EventTimeout | null = null;
  #cancelled = false;

  constructor(port: EpisodePort, name: string, nameKey: string, schema: StandardSchemaV1 | null) {
    super();
    this.#port = port;
    this.name = name;
    this.nameKey = nameKey;
    this.#schema = schema;
  }

  override get label(): string {
    return `event "${this.name}"`;
  }

  override get isCancelled(): boolean {
    return this.#cancelled;
  }

  limit(timeout: EventTimeout): void {
    this.#timeout = timeout;
  }

  offer(event: EventRaised, at: number): boolean {
    const port = this.#port;
    if (port.dropped.wasDropped(at)) return false;
    let value: unknown;
    try {
      value = port.encoder.decode(event.input);
      if (this.#schema !== null) value = validateNow(this.#schema, value, `payload of event "${this.name}"`);
    } catch (error) {
      return this.#refuse(at, error);
    }
    if (this.#timeout !== null) cancelTimer(port, this.#timeout.timerId);
    this.settle(value);
    return true;
  }

  /**
   * What does not fit is dropped, and the wait continues: a sender of events cannot end an orchestration with one. When the history has it as
   * taken, it is the schema that has changed; older releases failed the wait, and their histories have no seed.
   */
  #refuse(at: number, error: unknown): boolean {
    const port = this.#port;
    if (port.stopsFor(error)) return false;
    if (!port.replaying) {
      port.dropped.drop(at);
      const message = `An event "${this.name}" does not fit and was dropped; the wait for it continues: ${errorText(error)}`;
      port.warn("orchestrator.event-dropped", message, { error });
      return false;
    }
    if (port.started?.seed === undefined) {
      if (this.#timeout !== null) cancelTimer(port, this.#timeout.timerId);
      this.fail(new CallFault(() => error));
      return true;
    }
    const text = `"${port.name}" (${port.instanceId}) took event "${this.name}" when it was recorded, and refuses it now: ${errorText(error)} Likely its schema has changed. The instance is stopped, nothing was written.`;
    port.stop("NON_DETERMINISM", text);
    return false;
  }

  apply(event: SettlingEvent): Effect {
    if (event.kind !== "TimerFired") return "ignored";
    this.#timedOut();
    return "settled";
  }

  #timedOut(): void {
    const timeout = this.#timeout;
    if (timeout === null || this.isCompleted) return;
    this.#port.events.remove(this);
    if (timeout.otherwise !== null) this.settle(timeout.otherwise.value);
    else this.fail(new EventTimeoutFault(timeout.timerId, this.name, timeout.text));
  }

  cancel(): void {
    if (this.isCompleted || this.#cancelled || !this.#port.mayCancel(this)) return;
    this.#cancelled = true;
    this.#port.events.remove(this);
    if (this.#timeout !== null) cancelTimer(this.#port, this.#timeout.timerId);
  }
}
