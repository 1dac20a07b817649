import type { EntityBatchRequest, EntityOperation } from "../../model/entity-batch.ts";
import type { EntityBatchResult } from "../../model/executor.ts";
import { isAlone } from "../crashes/suspicion.ts";
import { readEntityBatch } from "../executor/answer-shape.ts";
import { askForEntityBatch, lostBy } from "../executor/ask-executor.ts";
import type { WorkerParts } from "../options.ts";
import { AskedTurns } from "../turns/asked-turns.ts";
import type { AskedBatch } from "./asked-batch.ts";

/** The executor begins no further operation after this: what it has done becomes durable, and others get their turn. */
const STOP_AFTER_MS = 100;

export interface EntityRequestsPort {
  readonly parts: Pick<WorkerParts, "executor">;
}

export interface EntityRequestsHost {
  /** Once for each request; not for one that was dropped meanwhile. */
  onAnswer(asked: AskedBatch, result: EntityBatchResult): void;
  /** One of an executor's limited places is free. */
  onPlaceFree(): void;
}

/** What the executor is asked: a batch of operations at a time for each entity. */
export class EntityRequests {
  readonly #port: EntityRequestsPort;
  readonly #host: EntityRequestsHost;
  readonly asked: AskedTurns<AskedBatch>;

  constructor(port: EntityRequestsPort, host: EntityRequestsHost) {
    this.#port = port;
    this.#host = host;
    this.asked = new AskedTurns(port.parts, "entity", () => host.onPlaceFree());
  }

  add(asked: AskedBatch): void {
    this.asked.add(asked);
    const request = requestOf(asked);
    askForEntityBatch(this.#port.parts.executor, request).then(
      (result) => this.#answered(asked, readEntityBatch(result, request)),
      (error: unknown) => this.#answered(asked, lostBy(error)),
    );
  }

  #answered(asked: AskedBatch, result: EntityBatchResult): void {
    if (this.asked.has(asked)) this.#host.onAnswer(asked, result);
  }
}

function requestOf({ instance, plan, mail }: AskedBatch): EntityBatchRequest {
  const { no, instanceId, name } = instance.state;
  // What it sees must be durable as well as who asks: an operation that touches the world on a state that is lost would have told it a lie.
  const isStateDurable = instance.undurableBatches === 0;
  const operations = plan.operations.map(({ op, index }): EntityOperation => {
    const isDurable = isStateDurable && (index === null || mail[index]?.seq !== null);
    const asked = { operation: op.operation, input: op.input, isSignal: op.from === null, isDurable };
    return op.trace === undefined ? asked : { ...asked, trace: op.trace };
  });
  const alone = isAlone(instance.crashes);
  return { no, instanceId, name, alone, state: plan.value, now: plan.at, stopAfterMs: STOP_AFTER_MS, operations };
}
