import type { AppThread } from "./app-thread.ts";
import type { Call } from "./call.ts";
import type { HoldLimits } from "./function-timeouts.ts";
import { holdOf, isHeldInVain, timedOut } from "./function-timeouts.ts";
import type { AppInfo } from "./guest.ts";
import { LOOK_EVERY_MS } from "./looks.ts";
import type { Answer } from "./messages.ts";

export interface OverdueParts {
  readonly limits: HoldLimits;
  /** What it has not begun runs elsewhere, or waits until it can. */
  moveFrom(thread: AppThread): void;
  settle(call: Call, answer: Answer): void;
}

/** Ends threads that are held for longer than what holds them may. A long computation may finish, within the time that its function has. */
export class OverdueThreads {
  readonly #parts: OverdueParts;
  /** They are ended at the next look: by then a process has said what it had not begun, which it cannot say afterwards. */
  readonly #emptied = new WeakSet<AppThread>();

  constructor(parts: OverdueParts) {
    this.#parts = parts;
  }

  /** Called at even intervals. */
  look(thread: AppThread, info: AppInfo): void {
    if (thread.life !== "held") {
      this.#emptied.delete(thread);
      return;
    }
    const { begun } = thread;
    const hold = holdOf(thread.running, begun, info, this.#parts.limits);
    const { call, limitMs } = hold;
    const isInVain = isHeldInVain(hold, begun);
    if (!isInVain && thread.silence * LOOK_EVERY_MS < limitMs) return;
    if (!this.#emptied.has(thread)) {
      this.#emptied.add(thread);
      this.#parts.moveFrom(thread);
      return;
    }
    if (!isInVain && call?.work.kind === "activity")
      this.#parts.settle(call, { kind: "failed", failure: timedOut(call.work.request.name, limitMs) });
    void thread.kill(isInVain ? "it was held by a call whose result is no longer wanted" : `it was held for ${limitMs} ms`, call ?? "any");
  }
}
