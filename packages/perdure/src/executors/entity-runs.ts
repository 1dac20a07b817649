import { messageOf } from "../errors/perdure-error.ts";
import type { EntityBatchRequest } from "../model/entity-batch.ts";
import type { EntityBatchResult } from "../model/executor.ts";
import type { Clock, Ids, Scheduler } from "../process/clock.ts";
import { failureOf } from "../replay/failures/failure-of.ts";
import type { EntityDefinition, FunctionSource } from "../replay/functions/definition.ts";
import type { FunctionLogSink } from "../replay/functions/function-log.ts";
import type { PayloadEncoder } from "../replay/values/payload-encoder.ts";
import type { TracedCode } from "../telemetry/traces/open-telemetry.ts";
import type { BatchHost } from "./entity-batch.ts";
import { EntityBatch } from "./entity-batch.ts";
import type { ContextOfCall, FunctionCall, Uncaught } from "./function-contexts.ts";
import { FunctionContexts, uncaughtText } from "./function-contexts.ts";

export interface EntityRunsParts {
  readonly functions: FunctionSource;
  readonly encoder: PayloadEncoder;
  readonly log: FunctionLogSink;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly scheduler: Scheduler;
  readonly ids: Ids;
  readonly contextOfCall: ContextOfCall<EntityBatchRequest> | null;
  readonly tracedCode: TracedCode | null;
}

/** The batches of one executor. Nothing of an entity is kept between two of them. */
export class EntityRuns implements BatchHost {
  readonly functions: FunctionSource;
  readonly encoder: PayloadEncoder;
  readonly log: FunctionLogSink;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly scheduler: Scheduler;
  readonly ids: Ids;
  readonly tracedCode: TracedCode | null;
  readonly #contexts: FunctionContexts<EntityDefinition, EntityBatchRequest>;
  readonly #closeListeners = new Set<() => void>();
  #isClosed = false;

  constructor({ functions, encoder, log, clock, scheduler, ids, contextOfCall, tracedCode }: EntityRunsParts) {
    this.functions = functions;
    this.encoder = encoder;
    this.log = log;
    this.clock = clock;
    this.scheduler = scheduler;
    this.ids = ids;
    this.tracedCode = tracedCode;
    this.#contexts = new FunctionContexts((...args) => this.#uncaught(...args), contextOfCall);
  }

  run(request: EntityBatchRequest): Promise<EntityBatchResult> {
    const { functions } = this;
    const definition = functions.find("entity", request.name);
    if (definition !== null) return new EntityBatch(this, definition, request).run();
    const message = messageOf("FUNCTION_NOT_REGISTERED", "entity", request.name, functions.names.entity);
    return Promise.resolve({ kind: "stopped", code: "FUNCTION_NOT_REGISTERED", message });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  onClose(listener: () => void): () => void {
    this.#closeListeners.add(listener);
    return () => this.#closeListeners.delete(listener);
  }

  /** Running operations are left behind: what was done before them is answered. */
  close(): void {
    this.#isClosed = true;
    for (const listener of this.#closeListeners) listener();
  }

  contextOf(definition: EntityDefinition, request: EntityBatchRequest): FunctionCall {
    return this.#contexts.of(definition, request);
  }

  /** Usually the last output before the process ends. */
  #uncaught(name: string, what: Uncaught, error: unknown): void {
    const message = `Entity "${name}": ${uncaughtText(what)}: ${failureOf(error).message}`;
    this.log({
      level: "error",
      event: "entity.uncaught",
      message,
      fields: { error },
      functionKind: "entity",
      functionName: name,
      instanceId: "",
    });
  }
}
