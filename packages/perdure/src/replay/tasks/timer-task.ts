import type { EventId } from "../../model/ids.ts";
import type { Cursor } from "../cursor/cursor.ts";
import type { CancellableTask } from "./durable-task.ts";
import { TaskCore } from "./durable-task.ts";

/** `ctx.createTimer`. A cancelled timer never completes; the instance no longer waits for it. */
export class TimerTaskCore extends TaskCore<void> implements CancellableTask<void> {
  readonly #cursor: Cursor;
  readonly #id: EventId;
  #cancelled = false;

  constructor(cursor: Cursor, id: EventId) {
    super();
    this.#cursor = cursor;
    this.#id = id;
  }

  override get label(): string {
    return `timer ${this.#id}`;
  }

  override get isCancelled(): boolean {
    return this.#cancelled;
  }

  fired(): void {
    this.settle(undefined);
  }

  cancel(): void {
    if (this.isCompleted || this.#cancelled || !this.#cursor.mayCancel(this)) return;
    this.#cancelled = true;
    this.#cursor.cancelTimer(this.#id);
  }
}
