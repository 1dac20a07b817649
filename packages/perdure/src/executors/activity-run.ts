import { fault } from "../errors/perdure-error.ts";
import type { AbortReason, ActivityRequest, ActivityResult, TaskKey } from "../model/executor.ts";
import type { Failure } from "../model/failure.ts";
import type { Linked } from "../model/linked-set.ts";
import type { Payload } from "../model/payload.ts";
import { keepThis } from "../model/taken-methods.ts";
import { isSameTask, taskIdOf } from "../model/task-id.ts";
import type { Scheduler } from "../process/clock.ts";
import { failureOf } from "../replay/failures/failure-of.ts";
import { TimeoutError } from "../replay/failures/function-errors.ts";
import type { ActivityContextCore, ActivityDefinition } from "../replay/functions/definition.ts";
import type { FunctionLogSink } from "../replay/functions/function-log.ts";
import { idempotencyKeyOf } from "../replay/values/execution-values.ts";
import type { PayloadEncoder } from "../replay/values/payload-encoder.ts";
import { validateLater } from "../replay/values/schema.ts";
import { isThenable } from "../replay/values/thenable.ts";
import type { FunctionLogger } from "../telemetry/function-logger.ts";
import { functionLogger } from "../telemetry/function-logger.ts";
import type { FunctionCall } from "./function-contexts.ts";

/** What it needs of those who run it. */
export interface RunHost {
  readonly encoder: PayloadEncoder;
  readonly log: FunctionLogSink;
  readonly scheduler: Scheduler;
  readonly client: () => unknown;
  contextOf(definition: ActivityDefinition, request: ActivityRequest): FunctionCall;
  beat(task: TaskKey, progress: Payload | null): void;
  began(place: RunPlace): void;
  finished(place: RunPlace): void;
}

/** In the set of those that run. Apart from the run, which the handler sees as its context. */
export interface RunPlace extends Linked<RunPlace> {
  readonly run: ActivityRun;
}

/** One run of one activity: also the context that its handler sees. */
export class ActivityRun implements ActivityContextCore {
  readonly #place: RunPlace = { run: this, before: null, after: null };
  readonly #host: RunHost;
  readonly #definition: ActivityDefinition;
  readonly #request: ActivityRequest;
  /** Made when the signal is asked for: most activities never do. */
  #controller: AbortController | null = null;
  #aborted: AbortReason | null = null;
  #log: FunctionLogger | null = null;
  #isOver = false;
  #stopTimer: (() => void) | null = null;
  readonly #inContext: FunctionCall;

  constructor(host: RunHost, definition: ActivityDefinition, request: ActivityRequest) {
    this.#inContext = host.contextOf(definition, request);
    this.#host = host;
    this.#definition = definition;
    this.#request = request;
  }

  // --- the handler's context ---

  get instanceId(): string {
    return this.#request.instanceId;
  }

  get name(): string {
    return this.#definition.name;
  }

  get taskId(): string {
    return taskIdOf(this.#request);
  }

  get idempotencyKey(): string {
    return idempotencyKeyOf(this.#request.seed, this.#request.callId);
  }

  get attempt(): number {
    return this.#request.attempt;
  }

  get traceparent(): string | null {
    return this.#request.trace?.traceparent ?? null;
  }

  get progress(): unknown {
    return this.#host.encoder.decode(this.#request.progress);
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#aborted !== null) this.#controller.abort(abortError(this.#aborted, this.#request.name));
    }
    return this.#controller.signal;
  }

  get log(): FunctionLogger {
    const { instanceId, traceparent } = this;
    this.#log ??= functionLogger((level, message, fields) => {
      const of = { functionName: this.#definition.name, instanceId, traceparent };
      this.#host.log({ level, message, fields, functionKind: "activity", ...of });
    });
    return this.#log;
  }

  get client(): unknown {
    return this.#host.client();
  }

  heartbeat(progress?: unknown): void {
    if (this.#isOver) return;
    this.#host.beat(this.#request, this.#host.encoder.encode(progress, `heartbeat of activity "${this.#request.name}"`));
  }

  // --- the run ---

  isFor(task: TaskKey): boolean {
    return isSameTask(this.#request, task);
  }

  result(): Promise<ActivityResult> {
    this.#host.began(this.#place);
    const timeoutMs = this.#request.timeoutMs ?? this.#definition.timeoutMs;
    if (timeoutMs === null) return this.#inContext(runOf, this);
    return new Promise((resolve) => {
      const end = (result: ActivityResult): void => {
        this.#finish();
        resolve(result);
      };
      // A handler that ignores its signal is left behind: the call must not hang with it.
      this.#stopTimer = this.#host.scheduler.after(timeoutMs, () => {
        this.abort("timeout");
        end({ kind: "failed", failure: timedOut(this.#request.name, timeoutMs) });
      });
      void this.#inContext(runOf, this).then(end);
    });
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopTimer?.();
    this.#host.finished(this.#place);
  }

  abort(reason: AbortReason): void {
    if (this.#aborted !== null || this.#isOver) return;
    this.#aborted = reason;
    const controller = this.#controller;
    if (controller !== null) this.#inContext(() => controller.abort(abortError(reason, this.#request.name)));
  }

  run(): Promise<ActivityResult> {
    const { input, output } = this.#definition;
    return input === null && output === null ? this.#runUnchecked() : this.#runChecked();
  }

  /** Without an async function around a handler that answers at once: it would be a promise and 0.5 KB more, for every activity. */
  #runUnchecked(): Promise<ActivityResult> {
    let value: unknown;
    try {
      value = this.#host.encoder.decode(this.#request.input);
    } catch (error) {
      return Promise.resolve(this.#unfit(error));
    }
    try {
      value = this.#definition.run(value, this);
      if (isThenable(value)) return this.#awaited(value);
    } catch (error) {
      return Promise.resolve(this.#threw(error));
    }
    return Promise.resolve(this.#returned(value));
  }

  async #awaited(answer: PromiseLike<unknown>): Promise<ActivityResult> {
    let value: unknown;
    try {
      value = await answer;
    } catch (error) {
      return this.#threw(error);
    }
    return this.#returned(value);
  }

  async #runChecked(): Promise<ActivityResult> {
    const { name, input, output, run } = this.#definition;
    let value: unknown;
    try {
      value = this.#host.encoder.decode(this.#request.input);
      if (input !== null) value = await validateLater(input, value, `input of activity "${name}"`);
    } catch (error) {
      return this.#unfit(error);
    }
    try {
      value = await run(value, this);
    } catch (error) {
      return this.#threw(error);
    }
    try {
      if (output !== null) value = await validateLater(output, value, `result of activity "${name}"`);
    } catch (error) {
      return this.#unfit(error);
    }
    return this.#returned(value);
  }

  #returned(value: unknown): ActivityResult {
    try {
      const result = this.#host.encoder.encode(value, `result of activity "${this.#definition.name}"`);
      this.#finish();
      return { kind: "completed", result };
    } catch (error) {
      return this.#unfit(error);
    }
  }

  /** Its input or its result: another attempt would change nothing. */
  #unfit(error: unknown): ActivityResult {
    this.#finish();
    return { kind: "failed", failure: { ...failureOf(error), isNonRetriable: true } };
  }

  #threw(error: unknown): ActivityResult {
    this.#finish();
    if (this.#aborted !== null && this.#aborted !== "timeout") return { kind: "aborted", reason: this.#aborted };
    return { kind: "failed", failure: failureOf(error) };
  }
}

keepThis(ActivityRun, ["heartbeat"]);

const runOf = (run: ActivityRun): Promise<ActivityResult> => run.run();

function timedOut(name: string, ms: number): Failure {
  return failureOf(new TimeoutError(`Activity "${name}" did not finish within ${ms} ms`));
}

function abortError(reason: AbortReason, name: string): Error {
  return reason === "timeout"
    ? new TimeoutError(`Activity "${name}" took longer than it may`)
    : fault("ACTIVITY_ABORTED", name, WHY[reason]);
}

const WHY: { readonly [Reason in Exclude<AbortReason, "timeout">]: string } = {
  completed: "its orchestration has completed without its result",
  failed: "its orchestration has failed",
  terminated: "its orchestration was terminated",
  shutdown: "its worker shuts down (shutdown)",
  lost: "its worker may no longer answer for it, and another runs it again",
};
