import { messageOf } from "../../errors/perdure-error.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";

export interface HistoryWarningPort {
  readonly settings: Pick<WorkerSettings, "historyWarningEvents" | "historyWarningBytes">;
  readonly parts: Pick<WorkerParts, "log">;
}

/** Says that the history of an execution grows long: once, by the turn that makes it so. */
export class HistoryWarning {
  readonly #port: HistoryWarningPort;

  constructor(port: HistoryWarningPort) {
    this.#port = port;
  }

  /** `events` and `bytes`: what its history had before this turn. */
  grown({ state }: ActiveInstance, events: number, bytes: number): void {
    const { historyWarningEvents, historyWarningBytes } = this.#port.settings;
    const isLong = state.nextSeq >= historyWarningEvents || state.historyBytes >= historyWarningBytes;
    if (!isLong || events >= historyWarningEvents || bytes >= historyWarningBytes) return;
    const { name: orchestrator, instanceId, generation, nextSeq, historyBytes } = state;
    const message = messageOf("HISTORY_LONG", orchestrator, instanceId, nextSeq, historyBytes);
    const fields = { instanceId, orchestrator, generation, events: nextSeq, bytes: historyBytes };
    this.#port.parts.log.write({ level: "warn", event: "history.long", message, fields });
  }
}
