import type { AbortReason, ActivityRequest, ActivityResult, Executor, TaskKey } from "../model/executor.ts";
import type { InstanceNo } from "../model/ids.ts";
import type { Payload } from "../model/payload.ts";
import type { Clock } from "./clock.ts";

/** One attempt of an activity in this worker: waiting for a place, or running. */
export interface RunningTask {
  readonly request: ActivityRequest;
  /** Its row in the task queue, once it has one; `attempts` is the claim under which it runs. */
  row: { readonly attempts: number; readonly alone: boolean } | null;
  /** Nobody waits for the result any more (its instance ended); it runs because it was recorded. */
  resultDropped: boolean;
  /** Monotonic; null while it waits for a place. */
  startedAt: number | null;
  /** Last heartbeat, and whether it is on its way to the store. */
  progress: Payload | null;
  progressUnsaved: boolean;
  aborted: AbortReason | null;
}

export interface DispatcherHost {
  onResult(task: RunningTask, result: ActivityResult): void;
  onHeartbeat(task: RunningTask): void;
}

/** Runs activities through the executor, up to a limit at once, first come first served. A key runs at most once at a time. */
export class Dispatcher {
  readonly #executor: Executor;
  readonly #clock: Clock;
  readonly #host: DispatcherHost;
  readonly #limit: number;
  readonly #tasks = new Map<string, RunningTask>();
  #line: RunningTask[] = [];
  #lineHead = 0;
  #active = 0;

  constructor(executor: Executor, clock: Clock, limit: number, host: DispatcherHost) {
    this.#executor = executor;
    this.#clock = clock;
    this.#limit = limit;
    this.#host = host;
    executor.onHeartbeat((key, progress) => {
      const task = this.#tasks.get(keyText(key));
      if (task === undefined) return;
      task.progress = progress;
      task.progressUnsaved = true;
      this.#host.onHeartbeat(task);
    });
  }

  get size(): number {
    return this.#tasks.size;
  }

  /** Places that are free now. */
  get room(): number {
    return Math.max(0, this.#limit - this.#tasks.size);
  }

  get(key: TaskKey): RunningTask | undefined {
    return this.#tasks.get(keyText(key));
  }

  all(): IterableIterator<RunningTask> {
    return this.#tasks.values();
  }

  submit(request: ActivityRequest, row: RunningTask["row"] = null, resultDropped = false): void {
    const key = keyText(request);
    if (this.#tasks.has(key)) return;
    const task: RunningTask = {
      request,
      row,
      resultDropped,
      startedAt: null,
      progress: request.progress,
      progressUnsaved: false,
      aborted: null,
    };
    this.#tasks.set(key, task);
    if (this.#active < this.#limit) this.#run(key, task);
    else this.#line.push(task);
  }

  /** Fires the signal of an instance's activities, all generations up to `generation`; those still in line never start. */
  abortInstance(no: InstanceNo, generation: number, reason: AbortReason): void {
    for (const [key, task] of this.#tasks) {
      if (task.request.no === no && task.request.generation <= generation) this.#abort(key, task, reason);
    }
  }

  abort(key: TaskKey, reason: AbortReason): void {
    const text = keyText(key);
    const task = this.#tasks.get(text);
    if (task !== undefined) this.#abort(text, task, reason);
  }

  abortAll(reason: AbortReason): void {
    for (const [key, task] of this.#tasks) this.#abort(key, task, reason);
  }

  /** Forgets everything; results that still come are nobody's. */
  clear(): void {
    this.#tasks.clear();
    this.#line = [];
    this.#lineHead = 0;
    this.#active = 0;
  }

  #abort(key: string, task: RunningTask, reason: AbortReason): void {
    task.aborted ??= reason;
    if (task.startedAt === null) this.#tasks.delete(key);
    else this.#executor.abortActivity(task.request, reason);
  }

  #run(key: string, task: RunningTask): void {
    task.startedAt = this.#clock.monotonicMs();
    this.#active += 1;
    this.#executor.runActivity(task.request).then(
      (result) => this.#done(key, task, result),
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        this.#done(key, task, { kind: "failed", failure: { errorType: "ExecutorError", message } });
      },
    );
  }

  #done(key: string, task: RunningTask, result: ActivityResult): void {
    if (this.#tasks.get(key) !== task) return;
    this.#tasks.delete(key);
    this.#active -= 1;
    this.#startNext();
    this.#host.onResult(task, result);
  }

  #startNext(): void {
    while (this.#lineHead < this.#line.length && this.#active < this.#limit) {
      const next = this.#line[this.#lineHead];
      this.#lineHead += 1;
      if (next === undefined) continue;
      const key = keyText(next.request);
      if (this.#tasks.get(key) === next) this.#run(key, next);
    }
    if (this.#lineHead === this.#line.length) {
      this.#line = [];
      this.#lineHead = 0;
    }
  }
}

const keyText = (key: TaskKey) => `${key.no}:${key.generation}:${key.eventId}`;
