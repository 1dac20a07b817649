import type { EventId } from "../../model/ids.ts";
import type { CancellableTask } from "./durable-task.ts";
import { TaskCore } from "./durable-task.ts";
import type { EpisodePort } from "./episode-port.ts";
import type { Effect, Settleable, SettlingEvent } from "./settleable.ts";

export const cancelTimer = (port: EpisodePort, timerId: EventId): void => port.giveUp(timerId, { kind: "cancelTimer", timerId });

/** `ctx.createTimer`. A cancelled timer never completes; the instance no longer waits for it. */
export class TimerTaskCore extends TaskCore<void> implements CancellableTask<void>, Settleable {
  readonly #port: EpisodePort;
  readonly #id: EventId;
  #cancelled = false;

  constructor(port: EpisodePort, id: EventId) {
    super();
    this.#port = port;
    this.#id = id;
  }

  override get label(): string {
    return `timer ${this.#id}`;
  }

  override get isCancelled(): boolean {
    return this.#cancelled;
  }

  apply(event: SettlingEvent): Effect {
    if (event.kind !== "TimerFired") return "ignored";
    this.settle(undefined);
    return "settled";
  }

  cancel(): void {
    if (this.isCompleted || this.#cancelled || !this.#port.mayCancel(this)) return;
    this.#cancelled = true;
    cancelTimer(this.#port, this.#id);
  }
}
