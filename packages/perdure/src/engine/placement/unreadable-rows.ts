import type { WorkerId } from "../../model/ids.ts";
import type { WorkerRow } from "../../store/rows.ts";
import type { EngineLog } from "../../telemetry/engine-log.ts";

/** Rows of live workers that cannot be read: each is worth one line of the log, since nothing that waits for it is left to another worker. */
export class UnreadableRows {
  readonly #log: EngineLog;
  #told: ReadonlySet<WorkerId> = new Set();

  constructor(log: EngineLog) {
    this.#log = log;
  }

  note(live: readonly WorkerRow[]): void {
    const unreadable = live.filter((row) => row.unreadable !== undefined);
    if (unreadable.length === 0 && this.#told.size === 0) return;
    for (const { worker, host, unreadable: columns = [] } of unreadable) {
      if (this.#told.has(worker)) continue;
      const message = `The row of worker ${worker} (${host}) in the table "workers" cannot be read (${columns.join(", ")}): it is damaged, or of another release. That worker is taken to have any function, so that calls to functions that no other worker has wait while it lives. Restart its process; if there is none, its row goes when its lease is over.`;
      this.#log.write({ level: "warn", event: "worker.unreadable", message, fields: { worker, host, columns } });
    }
    this.#told = new Set(unreadable.map(({ worker }) => worker));
  }
}
