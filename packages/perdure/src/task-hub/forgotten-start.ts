import type { HubClient } from "../client/types.ts";
import type { Scheduler } from "../process/clock.ts";
import type { EngineLog } from "../telemetry/engine-log.ts";

/** Long enough for a program that starts its worker after its first call, or beside others. */
const PATIENCE_MS = 5_000;

export interface ForgottenStartParts {
  readonly scheduler: Scheduler;
  readonly log: EngineLog;
  readonly knownFunctions: HubClient["knownFunctions"];
  /** A worker was started here, or the hub was closed. */
  readonly isOver: () => boolean;
}

/** Says once that something waits in a task hub where no worker runs. Otherwise a forgotten `hub.start()` shows as silence. */
export class ForgottenStart {
  readonly #parts: ForgottenStartParts;
  #isWatching = false;

  constructor(parts: ForgottenStartParts) {
    this.#parts = parts;
  }

  /** Something was started, or is waited for. */
  noticed(): void {
    if (this.#isWatching || this.#parts.isOver()) return;
    this.#isWatching = true;
    this.#parts.scheduler.after(PATIENCE_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { log, isOver, knownFunctions } = this.#parts;
    if (isOver()) return;
    try {
      if ((await knownFunctions()) !== null || isOver()) return;
    } catch {
      return; // the call itself fails when the store does not answer
    }
    const since = `Work has been waiting for ${PATIENCE_MS / 1_000} s, but no worker runs in this task hub.`;
    const message = `${since} Call hub.start() to run one in this process, or run "perdure start" in another.`;
    log.write({ level: "warn", event: "hub.no-worker", message, fields: {} });
  }
}
