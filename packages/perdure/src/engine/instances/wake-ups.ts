import { earliestTimer } from "../../core/next-wake.ts";
import type { Scheduler } from "../../process/clock.ts";
import type { StoreClock } from "../time/store-clock.ts";
import { TimerQueue } from "../time/timer-queue.ts";
import type { ActiveInstance } from "./instance.ts";

export interface WakeUpsPort {
  readonly parts: { readonly scheduler: Scheduler };
  readonly storeClock: Pick<StoreClock, "now">;
  enqueue(instance: ActiveInstance): void;
}

/** Gives instances in memory a turn when their time has come: of a durable timer, or of a scheduled start. */
export class WakeUps {
  readonly #timers: TimerQueue<ActiveInstance>;

  constructor(port: WakeUpsPort) {
    this.#timers = new TimerQueue(
      port.parts.scheduler,
      () => port.storeClock.now(),
      (instance, at) => {
        if (instance.wakesAt !== at) return;
        instance.wakeAt(null);
        port.enqueue(instance);
      },
    );
  }

  /** (Re)arms the wake-up for the instance's earliest timer or scheduled start. */
  arm(instance: ActiveInstance): void {
    const { state } = instance;
    let at = earliestTimer(state);
    if (!state.started && state.generation === 0 && state.startAt !== null && (at === null || state.startAt < at)) at = state.startAt;
    if (at === instance.wakesAt) return;
    instance.wakeAt(at);
    if (at !== null) this.#timers.add(at, instance);
  }

  /** Forgets all of them. */
  stop(): void {
    this.#timers.stop();
  }
}
