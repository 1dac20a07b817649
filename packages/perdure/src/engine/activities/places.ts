import type { Executor } from "../../model/executor.ts";
import { functionKey } from "../../model/function-name.ts";
import { Line } from "./line.ts";
import type { Pace } from "./pace.ts";
import type { RunningTask } from "./running-task.ts";

export interface ActivityLimits {
  /** Activities running at once. */
  readonly all: number;
  /** Of one function, by name. */
  readonly each: { readonly [activity: string]: number };
}

/** The places of one function that has a limit of its own. */
interface Lane {
  readonly limit: number;
  readonly line: Line;
  active: number;
  /** Running or waiting. */
  inHand: number;
}

/**
 * The places in which activities run here, up to a limit at once and up to another one of functions that have their own, and the line of those that
 * wait for one. An activity that waits for its function does not delay others.
 */
export class Places {
  readonly #executor: Pick<Executor, "offer">;
  readonly #most: number;
  readonly #lanes: ReadonlyMap<string, Lane>;
  readonly #line = new Line();
  readonly #pace: Pace;
  /** Counts those that came to a line, or to its next place. */
  #now = 0;
  #active = 0;
  /** Attempts of an earlier life of this worker that run on in the executor. */
  #forgotten = 0;

  constructor(executor: Pick<Executor, "offer">, pace: Pace, { all, each }: ActivityLimits) {
    this.#executor = executor;
    this.#pace = pace;
    this.#most = all;
    this.#lanes = new Map(
      Object.entries(each).map(([name, limit]) => [functionKey(name), { limit, line: new Line(), active: 0, inHand: 0 }]),
    );
  }

  /** So many run at once: as the settings say, or the executor, beside what was forgotten. */
  get count(): number {
    return Math.max(0, this.#limit - this.#forgotten);
  }

  get #limit(): number {
    const { capacity } = this.#executor.offer.activity;
    return capacity === null ? this.#most : Math.min(capacity, this.#most);
  }

  /** Places that are taken, not counting attempts that were forgotten. */
  get active(): number {
    return this.#active;
  }

  /** Free places of functions with a limit of their own, by key; null when there are none such. */
  get roomOfEach(): { readonly [activity: string]: number } | null {
    if (this.#lanes.size === 0) return null;
    return Object.fromEntries([...this.#lanes].map(([name, { limit, inHand }]) => [name, Math.max(0, limit - inHand)]));
  }

  isLimited(activity: string): boolean {
    return this.#laneOf(activity) !== undefined;
  }

  /** One of this function has come: it will wait, or run. */
  enter(activity: string): void {
    const lane = this.#laneOf(activity);
    if (lane !== undefined) lane.inHand += 1;
  }

  leave(activity: string): void {
    const lane = this.#laneOf(activity);
    if (lane !== undefined) lane.inHand -= 1;
  }

  /** True: it has a place now. False: it stands in line. */
  take(task: RunningTask): boolean {
    const lane = this.#laneOf(task.request.name);
    if (this.#active < this.count && hasPlace(lane)) {
      this.#occupy(lane, task);
      return true;
    }
    this.#now += 1;
    (lane?.line ?? this.#line).push(task, this.#now);
    return false;
  }

  /** Gives a place to one whose turn it is, of those for whose function there is one; null: none has one now. */
  takeNext(isThere: (task: RunningTask) => boolean): RunningTask | null {
    if (!this.#pace.mayBegin || this.#active >= this.count) return null;
    let next = this.#line.first(isThere);
    let from: Lane | undefined;
    for (const lane of this.#lanes.values()) {
      const first = hasPlace(lane) ? lane.line.first(isThere) : undefined;
      if (first === undefined || (next !== undefined && next.since < first.since)) continue;
      next = first;
      from = lane;
    }
    if (next === undefined) return null;
    this.#now += 1;
    (from?.line ?? this.#line).shift(this.#now);
    this.#occupy(from, next.task);
    return next.task;
  }

  /** One of this function does not run any more. */
  free(activity: string): void {
    this.#active -= 1;
    const lane = this.#laneOf(activity);
    if (lane !== undefined) lane.active -= 1;
  }

  /** None is waited for. What runs is forgotten, and keeps its place until it has ended: the executor has no other. */
  clear(): void {
    this.#line.clear();
    this.#forgotten += this.#active;
    this.#active = 0;
    for (const lane of this.#lanes.values()) {
      lane.line.clear();
      lane.inHand = lane.active;
    }
  }

  freeForgotten(activity: string): void {
    this.#forgotten -= 1;
    const lane = this.#laneOf(activity);
    if (lane === undefined) return;
    lane.active -= 1;
    lane.inHand -= 1;
  }

  #occupy(lane: Lane | undefined, { request }: RunningTask): void {
    this.#pace.begins(request.no);
    this.#active += 1;
    if (lane !== undefined) lane.active += 1;
  }

  #laneOf(activity: string): Lane | undefined {
    return this.#lanes.size === 0 ? undefined : this.#lanes.get(functionKey(activity));
  }
}

const hasPlace = (lane: Lane | undefined) => lane === undefined || lane.active < lane.limit;
