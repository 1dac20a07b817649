import type { AbortReason, ActivityRequest, ActivityResult, Declined, Executor, Lost, TaskKey } from "../../model/executor.ts";
import type { NameKey } from "../../model/function-name.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";
import type { Clock, Scheduler } from "../../process/clock.ts";
import { inEngine } from "../../process/code-scope.ts";
import type { SuspectGate } from "../crashes/suspect-gate.ts";
import { isSuspect, MAX_CRASHES, pauseAfterLosses } from "../crashes/suspicion.ts";
import { readActivity } from "../executor/answer-shape.ts";
import { askForActivity, lostBy } from "../executor/ask-executor.ts";
import { WaitingForPlace } from "../executor/waiting-for-place.ts";
import type { EngineTaps } from "../taps.ts";
import { Coming } from "./coming.ts";
import type { DispatcherHost } from "./dispatcher-host.ts";
import { Pace } from "./pace.ts";
import type { ActivityLimits } from "./places.ts";
import { Places } from "./places.ts";
import type { Attempt, ClaimedRow, Submission } from "./running-task.ts";
import { ABORTED_UNASKED, RunningTask } from "./running-task.ts";
import { TaskTable } from "./task-table.ts";
import { TurnedAway } from "./turned-away.ts";

interface DispatcherParts {
  readonly executor: Executor;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Absent: how long attempts wait is not measured. */
  readonly taps?: EngineTaps;
}

/** Runs activities through the executor, as there are {@link Places}. A key runs at most once at a time. */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  readonly #gate: SuspectGate;
  readonly #host: DispatcherHost;
  readonly #places: Places;
  readonly #coming: Coming;
  readonly #tasks = new TaskTable<RunningTask>();
  readonly #suspects = new Set<RunningTask>();
  #closed = false;
  readonly #declinedCalls: WaitingForPlace;
  readonly #turnedAway = new TurnedAway();
  readonly #stopHeartbeats: () => void;

  constructor(parts: DispatcherParts, gate: SuspectGate, limits: ActivityLimits, host: DispatcherHost) {
    const { executor, scheduler } = parts;
    this.#parts = parts;
    this.#declinedCalls = new WaitingForPlace(scheduler);
    this.#gate = gate;
    this.#host = host;
    const pace = new Pace(scheduler, () => this.startNext());
    this.#places = new Places(executor, pace, limits);
    this.#coming = new Coming(scheduler, pace, (request) => this.submit(request));
    this.#stopHeartbeats = executor.onHeartbeat((key, progress) => inEngine(() => this.#heartbeat(key, progress)));
  }

  /** With those that will be attempts soon. */
  get size(): number {
    return this.#tasks.size + this.#coming.size;
  }

  /** Those that wait for a place. */
  get waiting(): number {
    return this.size - this.#places.active;
  }

  /** So many run at once: as the settings say, or the executor. */
  get places(): number {
    return this.#places.count;
  }

  /** Places that are free now. */
  get room(): number {
    return Math.max(0, this.places - this.size);
  }

  /** Free places of functions with a limit of their own, by key; null when there are none such. */
  get roomOfEach(): { readonly [activity: string]: number } | null {
    return this.#places.roomOfEach;
  }

  /** Those of the keys whose activities the executor has not just declined for others to run. */
  notTurnedAway(keys: readonly NameKey[]): readonly NameKey[] {
    return this.#turnedAway.others(keys, this.#parts.clock.monotonicMs());
  }

  isLimited(activity: string): boolean {
    return this.#places.isLimited(activity);
  }

  /** Those that may end this process. */
  get suspects(): ReadonlySet<RunningTask> {
    return this.#suspects;
  }

  get(key: TaskKey): RunningTask | undefined {
    return this.#tasks.get(key);
  }

  all(): IterableIterator<RunningTask> {
    return this.#tasks.values();
  }

  /** Of one instance. */
  allOf(no: InstanceNo): readonly RunningTask[] {
    return this.#tasks.of(no);
  }

  /** Calls that may begin now: of an instance with many of them a part at a time. */
  readonly submitAll: Coming["add"] = (calls, requestOf) => this.#coming.add(calls, requestOf);

  /** Those of them that have not begun, at once: their instance is about to begin another generation, or to leave. */
  submitRest(no: InstanceNo): void {
    this.#coming.submitRest(no);
  }

  submit(request: ActivityRequest, row: ClaimedRow | null = null): void {
    this.#submit({ request, row, resultDropped: false });
  }

  #submit(submission: Submission): void {
    if (this.#closed) return;
    const { request, row } = submission;
    const known = this.#tasks.get(request);
    if (known !== undefined) {
      // An attempt that was told to give up is followed by this one; any other continues, under the claim that it is given here.
      if (known.aborted !== null) known.followedBy(submission);
      else if (row !== null) {
        known.claimedAs(row);
        this.#suspect(known);
      }
      return;
    }
    const task = new RunningTask(submission, this.#parts.taps === undefined ? null : this.#parts.clock.monotonicMs());
    this.#tasks.add(task);
    this.#suspect(task);
    this.#places.enter(request.name);
    this.#admit(task);
  }

  /** Suspects take their turn among each other before they stand in line. */
  #admit(task: RunningTask): void {
    if (!isSuspect(task.crashes)) {
      if (this.#places.take(task)) this.#run(task);
      return;
    }
    this.#gate.enter("activity", task.crashes, (leave) => {
      if (!this.#isThere(task)) return leave();
      task.enterGate(leave);
      if (this.#places.take(task)) this.#run(task);
    });
  }

  /** One that has not begun leaves: another worker will run it. */
  withdraw(task: RunningTask): void {
    if (task.startedAt === null && this.#tasks.has(task)) this.#drop(task);
  }

  /** Fires the signal of an instance's activities, all generations up to `generation`; those still in line never start, unless they outlive it. */
  abortInstance(no: InstanceNo, generation: number, reason: AbortReason): void {
    for (const task of this.#tasks.of(no)) if (task.request.generation <= generation && !task.outlives(reason)) this.#abort(task, reason);
  }

  abort(key: TaskKey, reason: AbortReason): void {
    const task = this.#tasks.get(key);
    if (task !== undefined) this.#abort(task, reason);
  }

  /** The worker drains: what runs is told, and may finish; nothing more begins here. It is recorded as scheduled, for the next owner to run. */
  close(): void {
    this.#closed = true;
    this.#coming.clear();
    this.abortAll("shutdown");
  }

  abortAll(reason: AbortReason): void {
    for (const task of this.#tasks.values()) this.#abort(task, reason);
  }

  /** Forgets everything; of what runs on in the executor only the end counts: then its place is free. */
  clear(): void {
    const suspects = [...this.#suspects];
    this.#coming.clear();
    this.#tasks.clear();
    this.#suspects.clear();
    this.#places.clear();
    this.#turnedAway.clear();
    for (const task of suspects) task.leaveGate();
  }

  /** Called once, at the end: the executor may outlive this worker, and must not keep it in memory. */
  stop(): void {
    this.#stopHeartbeats();
  }

  #heartbeat(key: TaskKey, progress: Payload | null): void {
    const task = this.#tasks.get(key);
    if (task === undefined) return;
    task.heartbeat(progress);
    this.#host.onHeartbeat(task);
  }

  #suspect(task: RunningTask): void {
    if (isSuspect(task.crashes)) this.#suspects.add(task);
  }

  #drop(task: RunningTask): void {
    this.#tasks.delete(task);
    this.#suspects.delete(task);
    task.end();
    this.#places.leave(task.request.name);
  }

  #abort(task: RunningTask, reason: AbortReason): void {
    task.abort(reason);
    if (task.startedAt === null) this.#drop(task);
    else this.#parts.executor.abortActivity(task.request, reason);
  }

  #run(task: RunningTask): void {
    task.begin(this.#parts.clock.monotonicMs());
    askForActivity(this.#parts.executor, task.request).then(
      (result) => this.#answered(task, readActivity(result)),
      (error: unknown) => this.#answered(task, lostBy(error)),
    );
  }

  #answered(task: RunningTask, result: ActivityResult): void {
    const { aborted } = task;
    if (!this.#tasks.has(task)) {
      this.#places.freeForgotten(task.request.name);
      this.startNext();
      this.#host.onPlaceFree(task.request.name, false);
    } else if (result.kind === "lost") this.#lost(task, result);
    // Only the engine knows whether the result is still wanted: what it did not abort is delivered again, whatever the executor says.
    else if (result.kind === "aborted" && aborted === null) this.#lost(task, ABORTED_UNASKED);
    else if (result.kind === "aborted") this.#done(task, { kind: "aborted", reason: aborted ?? result.reason });
    else if (result.kind === "declined") this.#declined(task, result);
    else if (result.kind === "poison") this.#done(task, { kind: "poison", cause: { reason: result.reason } });
    else this.#done(task, result);
  }

  #declined(task: RunningTask, { retryAfterMs, elsewhere }: Declined): void {
    task.declined(elsewhere);
    // What has no place at all is not among the keys of this worker, and is claimed again as soon as it has one.
    if (elsewhere && this.#parts.executor.offer.activity.ready)
      this.#turnedAway.note(task.request.name, this.#parts.clock.monotonicMs() + retryAfterMs);
    this.#waitAgain(task, (admit) => this.#declinedCalls.again(retryAfterMs, admit));
  }

  /** The executor has gained places or activities. */
  placesCame(): void {
    this.#turnedAway.clear();
    this.#declinedCalls.allNow();
  }

  #lost(task: RunningTask, lost: Lost): void {
    this.#host.onLost(task, lost);
    task.loses(lost.atFault);
    this.#suspect(task);
    if (task.crashes >= MAX_CRASHES) {
      this.#done(task, { kind: "poison", cause: { losses: task.losses, last: lost.reason } });
      return;
    }
    const afterMs = pauseAfterLosses(task.losses);
    this.#waitAgain(task, (admit) => (afterMs === 0 ? admit() : void this.#parts.scheduler.after(afterMs, admit)));
  }

  /** It has not run: its place is free, and it comes again, unless another worker is to run it. */
  #waitAgain(task: RunningTask, later: (admit: () => void) => void): void {
    if (task.aborted !== null || this.#closed) {
      this.#done(task, { kind: "aborted", reason: task.aborted ?? "shutdown" });
      return;
    }
    task.waitAgain();
    this.#places.free(task.request.name);
    later(() => {
      if (!this.#isThere(task) || task.startedAt !== null) return;
      if (this.#closed) this.#drop(task);
      else this.#admit(task);
    });
    this.startNext();
  }

  #done(task: RunningTask, result: Attempt): void {
    this.#drop(task);
    this.#places.free(task.request.name);
    this.startNext();
    this.#host.onResult(task, result);
    this.#host.onPlaceFree(task.request.name, isSuspect(task.crashes));
    if (task.next !== null) this.#submit(task.next);
  }

  /** Some may have a place now. */
  startNext(): void {
    for (let next = this.#places.takeNext(this.#isThere); next !== null; next = this.#places.takeNext(this.#isThere)) this.#run(next);
  }

  readonly #isThere = (task: RunningTask): boolean => this.#tasks.has(task);
}
