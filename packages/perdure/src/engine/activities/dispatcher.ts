import type { AbortReason, ActivityRequest, ActivityResult, Executor, TaskKey } from "../../model/executor.ts";
import { FreshMap } from "../../model/fresh-map.ts";
import { functionKey } from "../../model/function-name.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";
import type { Clock } from "../../process/clock.ts";
import { errorText } from "../../telemetry/value-text.ts";
import { isSuspect } from "../claims/suspicion.ts";

/** One attempt of an activity in this worker: waiting for a place, or running. */
export interface RunningTask {
  /** By which the dispatcher knows it: made once, it is asked for several times. */
  readonly key: string;
  readonly request: ActivityRequest;
  /** Who came first is served first. */
  readonly order: number;
  /** Its row in the task queue, once it has one; `attempts` is the claim under which it runs. */
  row: { readonly attempts: number; readonly crashes: number } | null;
  /** Nobody waits for the result any more (its instance ended); it runs because it was recorded. */
  resultDropped: boolean;
  /** Monotonic; null while it waits for a place. */
  startedAt: number | null;
  /** Last heartbeat, and whether it is on its way to the store. */
  progress: Payload | null;
  progressUnsaved: boolean;
  aborted: AbortReason | null;
  /** The attempt that is to follow it. */
  next: Pick<RunningTask, "request" | "row" | "resultDropped"> | null;
}

export interface DispatcherHost {
  onResult(task: RunningTask, result: ActivityResult): void;
  onHeartbeat(task: RunningTask): void;
}

export interface ActivityLimits {
  /** Activities running at once. */
  readonly all: number;
  /** Of one function, by name. */
  readonly each: { readonly [activity: string]: number };
}

/** First come, first served; those that left meanwhile are passed over. */
class Line {
  #tasks: RunningTask[] = [];
  #head = 0;

  push(task: RunningTask): void {
    this.#tasks.push(task);
  }

  /** Who is next. */
  first(isThere: (task: RunningTask) => boolean): RunningTask | undefined {
    for (let next = this.#tasks[this.#head]; next !== undefined; next = this.#tasks[this.#head]) {
      if (isThere(next)) return next;
      this.shift();
    }
    return undefined;
  }

  shift(): void {
    this.#head += 1;
    if (this.#head === this.#tasks.length) this.clear();
  }

  clear(): void {
    this.#tasks = [];
    this.#head = 0;
  }
}

/** The places of one function that has a limit of its own. */
interface Lane {
  readonly limit: number;
  readonly line: Line;
  active: number;
  /** Running or waiting. */
  inHand: number;
}

interface Candidate {
  readonly task: RunningTask;
  readonly line: Line;
  readonly lane: Lane | undefined;
}

/**
 * Runs activities through the executor, up to a limit at once and up to another one of functions that have their own; what waits for its
 * function does not stand in the way of others. A key runs at most once at a time.
 */
export class Dispatcher {
  readonly #executor: Executor;
  readonly #clock: Clock;
  readonly #host: DispatcherHost;
  readonly #limit: number;
  readonly #lanes: ReadonlyMap<string, Lane>;
  readonly #tasks = new FreshMap<string, RunningTask>();
  readonly #line = new Line();
  /** Those that may end this process. */
  readonly suspects = new Set<RunningTask>();
  #active = 0;
  #order = 0;
  #closed = false;

  constructor(executor: Executor, clock: Clock, limits: ActivityLimits, host: DispatcherHost) {
    this.#executor = executor;
    this.#clock = clock;
    this.#host = host;
    this.#limit = limits.all;
    this.#lanes = new Map(
      Object.entries(limits.each).map(([name, limit]) => [functionKey(name), { limit, line: new Line(), active: 0, inHand: 0 }]),
    );
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

  /** Those that wait for a place. */
  get waiting(): number {
    return this.#tasks.size - this.#active;
  }

  /** Places that are free now. */
  get room(): number {
    return Math.max(0, this.#limit - this.#tasks.size);
  }

  /** Free places of functions with a limit of their own, by key; null when there are none such. */
  get roomOfEach(): { readonly [activity: string]: number } | null {
    if (this.#lanes.size === 0) return null;
    return Object.fromEntries([...this.#lanes].map(([name, { limit, inHand }]) => [name, Math.max(0, limit - inHand)]));
  }

  isLimited(activity: string): boolean {
    return this.#laneOf(activity) !== undefined;
  }

  get(key: TaskKey): RunningTask | undefined {
    return this.#tasks.get(keyText(key));
  }

  all(): IterableIterator<RunningTask> {
    return this.#tasks.values();
  }

  submit(request: ActivityRequest, row: RunningTask["row"] = null, resultDropped = false): void {
    if (this.#closed) return;
    const key = keyText(request);
    const known = this.#tasks.get(key);
    if (known !== undefined) {
      // An attempt that was told to give up is followed by this one; any other goes on, under the claim that it is given here.
      if (known.aborted !== null) known.next = { request, row, resultDropped };
      else if (row !== null) {
        known.row = row;
        this.#suspect(known);
      }
      return;
    }
    const task: RunningTask = {
      key,
      request,
      order: this.#order,
      row,
      resultDropped,
      startedAt: null,
      progress: request.progress,
      progressUnsaved: false,
      aborted: null,
      next: null,
    };
    this.#order += 1;
    this.#tasks.set(key, task);
    this.#suspect(task);
    const lane = this.#laneOf(request.name);
    if (lane !== undefined) lane.inHand += 1;
    if (this.#active < this.#limit && hasPlace(lane)) this.#run(task, lane);
    else (lane?.line ?? this.#line).push(task);
  }

  /** One that has not begun leaves: somebody else will run it. */
  withdraw(task: RunningTask): void {
    if (task.startedAt === null && this.#tasks.get(task.key) === task) this.#drop(task);
  }

  /** Fires the signal of an instance's activities, all generations up to `generation`; those still in line never start. */
  abortInstance(no: InstanceNo, generation: number, reason: AbortReason): void {
    for (const task of this.#tasks.values()) {
      if (task.request.no === no && task.request.generation <= generation) this.#abort(task, reason);
    }
  }

  abort(key: TaskKey, reason: AbortReason): void {
    const task = this.#tasks.get(keyText(key));
    if (task !== undefined) this.#abort(task, reason);
  }

  /** The worker drains: what runs is told, and may finish; nothing more begins here. It is recorded as scheduled, for the next owner to run. */
  close(): void {
    this.#closed = true;
    this.abortAll("shutdown");
  }

  abortAll(reason: AbortReason): void {
    for (const task of this.#tasks.values()) this.#abort(task, reason);
  }

  /** Forgets everything; results that still come are nobody's. */
  clear(): void {
    this.#tasks.clear();
    this.suspects.clear();
    this.#line.clear();
    this.#active = 0;
    for (const lane of this.#lanes.values()) {
      lane.line.clear();
      lane.active = 0;
      lane.inHand = 0;
    }
  }

  #laneOf(activity: string): Lane | undefined {
    return this.#lanes.size === 0 ? undefined : this.#lanes.get(functionKey(activity));
  }

  #suspect(task: RunningTask): void {
    if (task.row !== null && isSuspect(task.row.crashes)) this.suspects.add(task);
  }

  #drop(task: RunningTask): void {
    this.#tasks.delete(task.key);
    this.suspects.delete(task);
    const lane = this.#laneOf(task.request.name);
    if (lane !== undefined) lane.inHand -= 1;
  }

  #abort(task: RunningTask, reason: AbortReason): void {
    task.aborted ??= reason;
    if (task.startedAt === null) this.#drop(task);
    else this.#executor.abortActivity(task.request, reason);
  }

  #run(task: RunningTask, lane: Lane | undefined): void {
    task.startedAt = this.#clock.monotonicMs();
    this.#active += 1;
    if (lane !== undefined) lane.active += 1;
    this.#executor.runActivity(task.request).then(
      (result) => this.#done(task, result),
      (error: unknown) => {
        const message = errorText(error);
        this.#done(task, { kind: "failed", failure: { errorType: "ExecutorError", message } });
      },
    );
  }

  #done(task: RunningTask, result: ActivityResult): void {
    if (this.#tasks.get(task.key) !== task) return;
    this.#drop(task);
    this.#active -= 1;
    const lane = this.#laneOf(task.request.name);
    if (lane !== undefined) lane.active -= 1;
    this.#startNext();
    this.#host.onResult(task, result);
    if (task.next !== null) this.submit(task.next.request, task.next.row, task.next.resultDropped);
  }

  #startNext(): void {
    while (this.#active < this.#limit) {
      const next = this.#next();
      if (next === null) return;
      next.line.shift();
      this.#run(next.task, next.lane);
    }
  }

  readonly #isThere = (task: RunningTask) => this.#tasks.get(task.key) === task;

  /** The one that came first of those for whose function there is a place. */
  #next(): Candidate | null {
    const first = this.#line.first(this.#isThere);
    let found: Candidate | null = first === undefined ? null : { task: first, line: this.#line, lane: undefined };
    for (const lane of this.#lanes.values()) {
      const task = hasPlace(lane) ? lane.line.first(this.#isThere) : undefined;
      if (task !== undefined && (found === null || task.order < found.task.order)) found = { task, line: lane.line, lane };
    }
    return found;
  }
}

const hasPlace = (lane: Lane | undefined) => lane === undefined || lane.active < lane.limit;

const keyText = (key: TaskKey) => `${key.no}:${key.generation}:${key.eventId}`;
