import type { InstanceId } from "../../model/ids.ts";
import { CallFault, EntityFault } from "../failures/faults.ts";
import { TaskCore } from "./durable-task.ts";
import type { EpisodePort } from "./episode-port.ts";
import type { Effect, Settleable, SettlingEvent } from "./settleable.ts";

/** A call of an operation. No retry policy applies: the operation is applied exactly once. */
export class EntityTask extends TaskCore<unknown> implements Settleable {
  readonly #port: EpisodePort;
  readonly #instanceId: InstanceId;
  readonly #operation: string;

  constructor(port: EpisodePort, instanceId: InstanceId, operation: string) {
    super();
    this.#port = port;
    this.#instanceId = instanceId;
    this.#operation = operation;
  }

  override get label(): string {
    return `operation "${this.#operation}" of ${this.#instanceId}`;
  }

  apply(event: SettlingEvent): Effect {
    switch (event.kind) {
      case "EntityOperationCompleted":
        try {
          this.settle(this.#port.encoder.decode(event.result));
        } catch (error) {
          this.fail(new CallFault(() => error));
        }
        return "settled";
      case "EntityOperationFailed":
        this.fail(new EntityFault(event.taskId, this.#instanceId, this.#operation, event.failure));
        return "settled";
      default:
        return "ignored";
    }
  }
}
