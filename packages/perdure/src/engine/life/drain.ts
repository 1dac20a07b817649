import type { Dispatcher } from "../activities/dispatcher.ts";
import type { Committer } from "../commits/committer.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { WorkerParts } from "../options.ts";
import type { Leaving } from "../ownership/leaving.ts";
import type { Turns } from "../turns/turns.ts";

const STEP_MS = 20;

export interface DrainPort {
  readonly parts: Pick<WorkerParts, "scheduler" | "clock">;
  readonly dispatcher: Pick<Dispatcher, "close">;
  readonly committer: Pick<Committer, "flushed">;
  readonly table: Pick<InstanceTable, "all">;
  readonly turns: Pick<Turns, "giveUp">;
  readonly leaving: Pick<Leaving, "release">;
  /** Nothing runs, nothing waits, nothing is on its way to the store. */
  readonly isQuiet: boolean;
}

/** The end of a worker that stops in order: what runs may finish, and what it owns is handed back. */
export class Drain {
  readonly #port: DrainPort;

  constructor(port: DrainPort) {
    this.#port = port;
  }

  /** No activity begins any more, and those that run are told. Waits for them this long at most; `isOver` ends the wait early. */
  async untilQuiet(limitMs: number, isOver: () => boolean): Promise<void> {
    const { clock, scheduler } = this.#port.parts;
    this.#port.dispatcher.close();
    const until = clock.monotonicMs() + limitMs;
    while (!this.#port.isQuiet && !isOver() && clock.monotonicMs() < until) {
      await new Promise<void>((resolve) => scheduler.after(STEP_MS, resolve));
    }
  }

  async handBack(): Promise<void> {
    const { table, turns, leaving, committer } = this.#port;
    for (const instance of [...table.all()]) {
      turns.giveUp(instance);
      if (instance.phase === "idle" || instance.phase === "queued" || instance.phase === "held") leaving.release(instance);
    }
    await committer.flushed();
  }
}
