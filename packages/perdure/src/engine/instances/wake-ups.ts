import { isDone } from "../../core/fold.ts";
import { hasOwnWork, wakesAt } from "../../core/next-wake.ts";
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
  readonly #port: WakeUpsPort;
  readonly #timers: TimerQueue<ActiveInstance>;
  readonly #now: () => number;

  constructor(port: WakeUpsPort) {
    this.#port = port;
    this.#now = () => port.storeClock.now();
    this.#timers = new TimerQueue(port.parts.scheduler, {
      now: this.#now,
      isWanted: (instance, at) => instance.wakesAt === at && !instance.gone,
      onDue: (instance, at) => {
        if (instance.wakesAt !== at) return;
        instance.wakeAt(null);
        port.enqueue(instance);
      },
    });
  }

  /** (Re)arms the wake-up for the instance's earliest timer or scheduled start. */
  arm(instance: ActiveInstance): void {
    const at = wakesAt(instance.state);
    if (at === instance.wakesAt) return;
    instance.wakeAt(at);
    if (at !== null) this.#timers.add(at, instance);
  }

  /** It had a turn: the next one follows at once when there is something to do, or at its time. */
  nextTurn(instance: ActiveInstance): void {
    const { state } = instance;
    if (isDone(state)) return;
    this.arm(instance);
    if (!instance.mailbox.isEmpty || hasOwnWork(state, this.#now)) this.#port.enqueue(instance);
  }

  /** Forgets all of them. */
  stop(): void {
    this.#timers.stop();
  }
}
