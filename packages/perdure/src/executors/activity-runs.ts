import type { AbortReason, ActivityRequest, ActivityResult, HeartbeatListener, TaskKey } from "../model/executor.ts";
import { functionNotFound } from "../model/function-not-found.ts";
import { LinkedSet } from "../model/linked-set.ts";
import type { Payload } from "../model/payload.ts";
import type { Scheduler } from "../process/clock.ts";
import { inEngine } from "../process/code-scope.ts";
import { failureOf } from "../replay/failures/failure-of.ts";
import type { ActivityDefinition, FunctionSource } from "../replay/functions/definition.ts";
import type { FunctionLogSink } from "../replay/functions/function-log.ts";
import type { PayloadEncoder } from "../replay/values/payload-encoder.ts";
import type { TracedCode } from "../telemetry/traces/open-telemetry.ts";
import type { RunHost, RunPlace } from "./activity-run.ts";
import { ActivityRun } from "./activity-run.ts";
import type { ContextOfCall, FunctionCall, Uncaught } from "./function-contexts.ts";
import { FunctionContexts, uncaughtText } from "./function-contexts.ts";

export interface ActivityRunsParts {
  readonly functions: FunctionSource;
  readonly encoder: PayloadEncoder;
  readonly log: FunctionLogSink;
  readonly scheduler: Scheduler;
  /** What activities get as `client`. */
  readonly client: () => unknown;
  readonly contextOfCall: ContextOfCall<ActivityRequest> | null;
  /** How traced code runs; null: nothing is traced, or the app has nothing that would see it. */
  readonly tracedCode: TracedCode | null;
}

/** The running activities of one executor. User code never throws out of here: whatever it does becomes a result. */
export class ActivityRuns implements RunHost {
  readonly encoder: PayloadEncoder;
  readonly log: FunctionLogSink;
  readonly scheduler: Scheduler;
  readonly client: () => unknown;
  readonly #functions: FunctionSource;
  readonly #tracedCode: TracedCode | null;
  readonly #running = new LinkedSet<RunPlace>();
  readonly #contexts: FunctionContexts<ActivityDefinition, ActivityRequest>;
  readonly #heartbeatListeners = new Set<HeartbeatListener>();

  constructor({ functions, encoder, log, scheduler, client, contextOfCall, tracedCode }: ActivityRunsParts) {
    this.encoder = encoder;
    this.log = log;
    this.scheduler = scheduler;
    this.client = client;
    this.#functions = functions;
    this.#tracedCode = tracedCode;
    this.#contexts = new FunctionContexts((...args) => this.#uncaught(...args), contextOfCall);
  }

  onHeartbeat(listener: HeartbeatListener): () => void {
    this.#heartbeatListeners.add(listener);
    return () => this.#heartbeatListeners.delete(listener);
  }

  run(request: ActivityRequest): Promise<ActivityResult> {
    const functions = this.#functions;
    const definition = functions.find("activity", request.name);
    if (definition === null)
      return Promise.resolve({
        kind: "failed",
        failure: functionNotFound("FUNCTION_NOT_REGISTERED", "activity", request.name, functions.names.activity),
      });
    return new ActivityRun(this, definition, request).result();
  }

  beat(task: TaskKey, progress: Payload | null): void {
    inEngine(() => {
      for (const listener of this.#heartbeatListeners) listener(task, progress);
    });
  }

  contextOf(definition: ActivityDefinition, request: ActivityRequest): FunctionCall {
    const context = this.#contexts.of(definition, request);
    const inner = request.trace === null ? null : (this.#tracedCode?.within(request.trace) ?? null);
    return inner === null ? context : (fn, ...args) => context(() => inner(fn, ...args));
  }

  /** Usually the last output before the process ends. Of several runs it is not known which one it was: a context for each would cost too much. */
  #uncaught(name: string, what: Uncaught, error: unknown): void {
    const inHand = [...this.#running].map(({ run }) => run).filter((run) => run.name === name);
    const [first] = inHand;
    const ids = inHand.slice(0, 5).map((run) => run.taskId);
    const which = ids.length === 0 ? "a run that has ended" : ids.length === 1 ? ids[0] : `one of ${inHand.length}: ${ids.join(", ")}`;
    this.log({
      level: "error",
      event: "activity.uncaught",
      message: `Activity "${name}" (${which}): ${uncaughtText(what)}: ${failureOf(error).message}`,
      fields: { error },
      functionKind: "activity",
      functionName: name,
      instanceId: inHand.length === 1 && first !== undefined ? first.instanceId : "",
    });
  }

  began(place: RunPlace): void {
    this.#running.add(place);
  }

  finished(place: RunPlace): void {
    this.#running.delete(place);
  }

  abort(task: TaskKey, reason: AbortReason): void {
    // A search through all runs, since hardly any is ever aborted: a key for each would cost more than all else that is kept of it.
    for (const { run } of this.#running) if (run.isFor(task)) run.abort(reason);
  }

  abortAll(reason: AbortReason): void {
    for (const { run } of [...this.#running]) run.abort(reason);
  }
}
