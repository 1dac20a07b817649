import { fault } from "../errors/perdure-error.ts";
import type { EntityAction, EntityBatchRan, EntityBatchRequest, EntityOperation, EntityOperationResult } from "../model/entity-batch.ts";
import { parseEntityId } from "../model/ids.ts";
import type { Payload } from "../model/payload.ts";
import type { Clock, Scheduler } from "../process/clock.ts";
import { failureOf } from "../replay/failures/failure-of.ts";
import { TimeoutError } from "../replay/failures/function-errors.ts";
import type { EntityDefinition, EntityOperationFunction } from "../replay/functions/definition.ts";
import { validateNow } from "../replay/values/schema.ts";
import { isThenable } from "../replay/values/thenable.ts";
import type { TracedCode } from "../telemetry/traces/open-telemetry.ts";
import type { OpenOperation, OperationHost, OperationPlace, StateCell, StateSource } from "./entity-operation.ts";
import { OperationContext } from "./entity-operation.ts";
import type { FunctionCall } from "./function-contexts.ts";

export interface BatchHost extends OperationHost {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly scheduler: Scheduler;
  readonly isClosed: boolean;
  /** Called when this executor is closed: what runs then is left behind. Returns the way to stop it. */
  onClose(listener: () => void): () => void;
  /** How traced code runs; null: nothing is traced, or the app has nothing that would see it. */
  readonly tracedCode: TracedCode | null;
  contextOf(definition: EntityDefinition, request: EntityBatchRequest): FunctionCall;
}

const MOST_OPERATIONS = 1_000;
/** Of results and of what is sent, in UTF-16 units: all of it goes into one commit. */
const MOST_UNITS = 4 * 1_024 * 1_024;
const AsyncFunction = (async () => {}).constructor;
/** Plain functions that have returned a promise once: whether they touch the world shows only when they run. */
const answeredLater = new WeakSet<EntityOperationFunction>();

type Ending = "done" | "left behind";
type Cut = Exclude<EntityBatchRan["cut"], null>;

/** Operations of one entity, run one after another. One that fails leaves the state text as it was, and drops what it sent. */
export class EntityBatch implements StateSource {
  readonly #host: BatchHost;
  readonly #definition: EntityDefinition;
  readonly #request: EntityBatchRequest;
  readonly #place: OperationPlace;
  readonly #inContext: FunctionCall;
  readonly #results: EntityOperationResult[] = [];
  readonly #actions: EntityAction[] = [];
  /** As text: what is told when the batch ends, and what a failure goes back to. */
  #state: Payload | null;
  /** The object behind the text; null: the next operation gets a fresh copy. */
  #live: StateCell | null = null;
  #units = 0;
  /** Monotonic. */
  #began = 0;

  constructor(host: BatchHost, definition: EntityDefinition, request: EntityBatchRequest) {
    const { instanceId, now, state } = request;
    this.#host = host;
    this.#definition = definition;
    this.#request = request;
    this.#place = { name: definition.name, key: parseEntityId(instanceId)?.key ?? "", instanceId, now };
    this.#inContext = host.contextOf(definition, request);
    this.#state = state;
  }

  /** Plain functions run without a turn of the event loop between them. */
  async run(): Promise<EntityBatchRan> {
    const { clock } = this.#host;
    this.#began = clock.monotonicMs();
    for (const [by, operation] of this.#request.operations.entries()) {
      const cut = this.#cutBefore(by, operation);
      if (cut !== null) return this.#ended(cut);
      const began = operation.trace === undefined ? null : clock.monotonicMs();
      const pending = this.#begin(by, operation);
      if (pending !== null && (await pending) === "left behind") return this.#ended("shutdown");
      if (began !== null) this.#timed(began);
    }
    return this.#ended(null);
  }

  #ended(cut: Cut | null): EntityBatchRan {
    return { kind: "ran", state: this.#state, results: this.#results, actions: this.#actions, cut };
  }

  #timed(began: number): void {
    const result = this.#results.pop();
    if (result === undefined) return;
    const times = { after: began - this.#began, ran: this.#host.clock.monotonicMs() - began };
    this.#results.push({ ...result, times });
  }

  #cutBefore(by: number, operation: EntityOperation): Cut | null {
    if (this.#host.isClosed) return "shutdown";
    const isFull = by >= MOST_OPERATIONS || this.#units >= MOST_UNITS;
    if (by > 0 && (isFull || this.#host.clock.monotonicMs() - this.#began >= this.#request.stopAfterMs)) return "time";
    return operation.isDurable || !this.#mayTouchWorld(operation) ? null : "durability";
  }

  #mayTouchWorld({ operation }: EntityOperation): boolean {
    const found = this.#definition.operation(operation);
    return found !== null && (found instanceof AsyncFunction || answeredLater.has(found));
  }

  /** A promise only when the operation answered with one. */
  #begin(by: number, asked: EntityOperation): Promise<Ending> | null {
    let open: OpenOperation | null = null;
    try {
      const run = this.#definition.operation(asked.operation);
      if (run === null) throw fault("ENTITY_OPERATION_UNKNOWN", this.#definition.name, asked.operation, this.#definition.operationNames);
      const input = this.#host.encoder.decode(asked.input);
      open = this.#open(by, asked);
      const context = new OperationContext(this.#host, this.#place, open, this);
      const traced = asked.trace === undefined ? null : (this.#host.tracedCode?.within(asked.trace) ?? null);
      const answer = traced === null ? this.#inContext(run, context, input) : this.#inContext(() => traced(run, context, input));
      if (isThenable(answer)) {
        answeredLater.add(run);
        return this.#awaited(open, answer);
      }
      this.#returned(open, answer);
    } catch (error) {
      this.#threw(open, error);
    }
    return null;
  }

  #open(by: number, { operation: name, isSignal, trace }: EntityOperation): OpenOperation {
    const traceparent = trace?.traceparent ?? null;
    return { name, by, isSignal, isNew: this.#state === null, traceparent, cell: null, actions: [], isOver: false };
  }

  async #awaited(open: OpenOperation, answer: PromiseLike<unknown>): Promise<Ending> {
    const { promise: ended, resolve, reject } = Promise.withResolvers<"left behind">();
    const { name, timeoutMs } = this.#definition;
    const stopTimer = this.#host.scheduler.after(timeoutMs, () =>
      reject(new TimeoutError(`Operation "${open.name}" of entity "${name}" did not finish within ${timeoutMs} ms`)),
    );
    const stopListening = this.#host.onClose(() => resolve("left behind"));
    try {
      const value = await Promise.race([Promise.resolve(answer).then((result) => ({ result })), ended]);
      if (value === "left behind") open.isOver = true;
      else this.#returned(open, value.result);
      return value === "left behind" ? value : "done";
    } catch (error) {
      this.#threw(open, error);
      return "done";
    } finally {
      stopTimer();
      stopListening();
      this.#live = null; // code that was left behind may still hold the object
    }
  }

  #returned(open: OpenOperation, answer: unknown): void {
    const { encoder } = this.#host;
    const { cell, actions, name } = open;
    const where = `operation "${name}" of entity "${this.#definition.name}"`;
    const result = encoder.encode(answer, `result of ${where}`);
    const state = cell === null ? this.#state : this.#textOf(cell, where);
    open.isOver = true;
    this.#state = state;
    if (cell !== null) this.#live = state === null || isForeign(cell) ? null : { value: cell.value, from: "stored" };
    this.#actions.push(...actions);
    this.#results.push({ kind: "completed", result });
    this.#units += (result?.length ?? 0) + actions.reduce((units, { input }) => units + (input?.length ?? 0), 0);
  }

  #threw(open: OpenOperation | null, error: unknown): void {
    if (open !== null) open.isOver = true;
    this.#live = null;
    this.#results.push({ kind: "failed", failure: failureOf(error) });
  }

  /** Null: it does not exist. One that did not, and was only read, does not. */
  #textOf({ value, from }: StateCell, where: string): Payload | null {
    const { encoder } = this.#host;
    const text = encoder.encode(value, `state after ${where}`);
    const { name } = this.#definition;
    return from === "none" && text === encoder.encode(this.none().value, `initial state of entity "${name}"`) ? null : text;
  }

  // --- StateSource ---

  stored(): StateCell {
    if (this.#live !== null) return this.#live;
    if (this.#state === null) return this.none();
    return { value: loadedState(this.#definition, this.#host.encoder.decode(this.#state)), from: "stored" };
  }

  none(): StateCell {
    return { value: this.#definition.initial(this.#place.key), from: "none" };
  }
}

/** A stored state as operations get it. Throws where the schema or the class of the entity takes it no more. */
export function loadedState({ revive, state: schema, name }: EntityDefinition, stored: unknown): unknown {
  return revive(schema === null ? stored : validateNow(schema, stored, `state of entity "${name}"`));
}

/** An object that the operation has made is what the author's types say of it only once it was loaded: one of a class has no methods yet. */
const isForeign = ({ value, from }: StateCell): boolean => from === "assigned" && typeof value === "object";
