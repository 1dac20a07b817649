import type { Dispatcher } from "../activities/dispatcher.ts";
import type { Suspects } from "../claims/suspects.ts";
import type { Committer } from "../commits/committer.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { WakeUps } from "../instances/wake-ups.ts";
import type { KeptResults } from "../tasks/kept-results.ts";
import type { Turns } from "../turns/turns.ts";

export interface WorkerMemoryPort {
  readonly committer: Pick<Committer, "reset" | "halt">;
  readonly dispatcher: Pick<Dispatcher, "abortAll" | "clear">;
  readonly table: Pick<InstanceTable, "clear">;
  readonly turns: Pick<Turns, "clear">;
  readonly wakeUps: Pick<WakeUps, "stop">;
  readonly suspects: Pick<Suspects, "forget">;
  readonly keptResults: Pick<KeptResults, "clear">;
}

/** The ways in which a worker forgets what it has in memory. */
export class WorkerMemory {
  readonly #port: WorkerMemoryPort;

  constructor(port: WorkerMemoryPort) {
    this.#port = port;
  }

  /** As a crash would. */
  die(): void {
    const { committer, dispatcher, table, turns } = this.#port;
    committer.reset(false);
    committer.halt();
    dispatcher.clear();
    table.clear();
    turns.clear();
  }

  /** All that this worker owned belongs to others. Its instances are forgotten already; nothing is committed until it has joined again. */
  loseAll(): void {
    const { committer, dispatcher, keptResults } = this.#port;
    dispatcher.abortAll("lost");
    dispatcher.clear();
    keptResults.clear();
    committer.reset(true);
    committer.halt();
  }

  /** The instances were forgotten, to be read again or not: so is what waits for a turn or a time of them. */
  clearLine(): void {
    const { turns, wakeUps, suspects } = this.#port;
    turns.clear();
    wakeUps.stop();
    suspects.forget();
  }
}
