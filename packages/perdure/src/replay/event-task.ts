import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { EventRaised } from "../model/history.ts";
import type { EventId } from "../model/ids.ts";
import type { Cursor } from "./cursor.ts";
import type { CancellableTask } from "./durable-task.ts";
import { TaskCore } from "./durable-task.ts";
import type { EventWaiter } from "./event-box.ts";
import { CallFault, EventTimeoutFault } from "./faults.ts";
import { validateNow } from "./schema.ts";

/** The clock that runs against a wait. */
export interface EventTimeout {
  readonly timerId: EventId;
  /** As the author wrote it, for the error. */
  readonly text: string;
  /** What the wait gives instead; null: it throws. */
  readonly otherwise: { readonly value: unknown } | null;
}

/** `ctx.waitForExternalEvent`. A cancelled wait takes no event and never completes. */
export class EventTaskCore extends TaskCore<unknown> implements CancellableTask<unknown>, EventWaiter {
  readonly #cursor: Cursor;
  readonly #name: string;
  readonly foldedName: string;
  readonly #schema: StandardSchemaV1 | null;
  #timeout: EventTimeout | null = null;
  #cancelled = false;

  constructor(cursor: Cursor, name: string, foldedName: string, schema: StandardSchemaV1 | null) {
    super();
    this.#cursor = cursor;
    this.#name = name;
    this.foldedName = foldedName;
    this.#schema = schema;
  }

  override get label(): string {
    return `event "${this.#name}"`;
  }

  override get isCancelled(): boolean {
    return this.#cancelled;
  }

  limit(timeout: EventTimeout): void {
    this.#timeout = timeout;
  }

  receive(event: EventRaised): void {
    if (this.#timeout !== null) this.#cursor.cancelTimer(this.#timeout.timerId);
    try {
      const value = this.#cursor.host.encoder.decode(event.input);
      this.settle(this.#schema === null ? value : validateNow(this.#schema, value, `payload of event "${this.#name}"`));
    } catch (error) {
      this.fail(new CallFault(() => error));
    }
  }

  /** The timeout is over. */
  fired(): void {
    const timeout = this.#timeout;
    if (timeout === null || this.isCompleted) return;
    this.#cursor.events.remove(this);
    if (timeout.otherwise !== null) this.settle(timeout.otherwise.value);
    else this.fail(new EventTimeoutFault(this.#name, timeout.text));
  }

  cancel(): void {
    if (this.isCompleted || this.#cancelled || !this.#cursor.mayCancel(this)) return;
    this.#cancelled = true;
    this.#cursor.events.remove(this);
    if (this.#timeout !== null) this.#cursor.cancelTimer(this.#timeout.timerId);
  }
}
