import type { Lost } from "../../model/executor.ts";
import type { InstanceId } from "../../model/ids.ts";
import type { EngineLog } from "../../telemetry/engine-log.ts";
import { Repeated } from "../../telemetry/repeated.ts";

/** A place that is lost takes all that ran there with it, so a reason that repeats is logged only the first, second, fourth … time. */
export class LossLog {
  readonly #log: EngineLog;
  readonly #repeated = new Repeated();

  constructor(log: EngineLog) {
    this.#log = log;
  }

  note(
    what: "episode" | "activity" | "batch of operations",
    name: string,
    instanceId: InstanceId,
    { atFault, reason = "no reason is given" }: Lost,
  ): void {
    if (!this.#repeated.isDue(reason)) return;
    const message = `${what === "batch of operations" ? "A" : "An"} ${what} of "${name}" was lost with the place where it ran, and is delivered again: ${reason} [${instanceId}]`;
    this.#log.write({ level: "warn", event: "executor.lost", message, fields: { instanceId, name, atFault } });
  }
}
