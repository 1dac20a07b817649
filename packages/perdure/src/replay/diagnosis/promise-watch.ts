import { inspect } from "node:util";
import type { OrchestrationScope } from "../../process/code-scope.ts";
import { currentOrchestration } from "../../process/code-scope.ts";

import type { TaskCore } from "../tasks/durable-task.ts";
import { observeThen } from "../tasks/durable-task.ts";
import type { Frame } from "./stack-frames.ts";
import { captureFrames, firstPlace } from "./stack-frames.ts";

/** What a stuck instance waits for, in words that follow "is waiting for". */
export interface StuckAt {
  readonly awaited: string;
  /** A place; null when there is none to tell. */
  readonly created: string | null;
}

interface Watched {
  readonly promise: WeakRef<Promise<unknown>>;
  /** Null: created outside this orchestrator. */
  readonly created: readonly Frame[] | null;
  readonly parent: Watched | null;
  /** Made by an await of something that is not a promise: a task, a thenable. */
  readonly isWrapper: boolean;
  /** Where it was awaited, or given a `then`. */
  awaited: readonly Frame[] | null;
  /** It follows a durable task. */
  durable: boolean;
}

const FOREIGN_PROMISE = "a promise that is not a durable task";

/**
 * Watches the promises of one orchestrator call (promise hooks nearly double the cost of every promise in the process: only while a stuck instance is
 * replayed). The cause is the promise at the bottom: pending, awaited, and neither a durable task nor something that waits for another one.
 */
export class PromiseWatch {
  readonly #call: OrchestrationScope;
  readonly #watched = new Map<Promise<unknown>, Watched>();
  readonly #cancelled: TaskCore<unknown>[] = [];
  readonly #stopHooks: () => void;
  #current: Promise<unknown> | null = null;

  constructor(call: OrchestrationScope) {
    this.#call = call;
    const onInit = (promise: Promise<unknown>, parent: Promise<unknown> | undefined): void => {
      if (currentOrchestration() === this.#call) this.#created(promise, parent, captureFrames(onInit));
    };
    // Loaded here and not by each program: it takes Node 2 ms.
    const { promiseHooks } = process.getBuiltinModule("node:v8");
    const stopHooks = [
      promiseHooks.onInit(onInit),
      promiseHooks.onBefore((promise) => {
        this.#current = promise;
      }),
      promiseHooks.onAfter(() => {
        this.#current = null;
      }),
    ];
    observeThen((task) => this.#taskAwaited(task));
    this.#stopHooks = () => {
      for (const stop of stopHooks) Reflect.apply(stop as () => void, undefined, []);
      observeThen(null);
    };
  }

  stop(): void {
    this.#stopHooks();
    this.#watched.clear();
  }

  cause(): StuckAt {
    const candidates = [...this.#watched.values()].filter((one) => one.awaited !== null && isPending(one));
    const foreign = candidates.filter((one) => !one.durable);
    const cancelled = this.#cancelled[0];
    const bottom = foreign.find((one) => !candidates.some((other) => other !== one && explains(other, one)));
    if (bottom === undefined && cancelled !== undefined) return { awaited: `${cancelled.label}, which was cancelled`, created: null };
    return placesOf(bottom ?? foreign[0], foreign);
  }

  #created(promise: Promise<unknown>, parent: Promise<unknown> | undefined, frames: readonly Frame[]): void {
    const given = parent instanceof Promise ? this.#parentOf(parent) : null;
    // What an async function awaits that is not a promise gets one, whose parent is the function's own: nothing waits for that parent here.
    const isWrapper = given !== null && !given.isWrapper && sameFunction(given.created?.[0], frames[0]);
    const above = isWrapper ? null : given;
    if (above !== null) above.awaited ??= frames;
    const ours = frames.find((frame) => !frame.isNative)?.isOwn === true;
    this.#watched.set(promise, { promise: new WeakRef(promise), created: frames, parent: above, isWrapper, awaited: null, durable: ours });
  }

  #parentOf(parent: Promise<unknown>): Watched {
    const known = this.#watched.get(parent);
    if (known !== undefined) return known;
    const outside: Watched = { promise: new WeakRef(parent), created: null, parent: null, isWrapper: false, awaited: null, durable: false };
    this.#watched.set(parent, outside);
    return outside;
  }

  /** `await task` makes a promise of its own, and asks the task while that promise's job runs. */
  #taskAwaited(task: TaskCore<unknown>): void {
    if (currentOrchestration() !== this.#call) return;
    if (task.isCancelled) this.#cancelled.push(task);
    const waiting = this.#current === null ? undefined : this.#watched.get(this.#current);
    if (waiting !== undefined) waiting.durable = true;
  }
}

function placesOf(cause: Watched | undefined, foreign: readonly Watched[]): StuckAt {
  if (cause === undefined) return { awaited: FOREIGN_PROMISE, created: null };
  // Deep inside Node no frame is the author's: then the place where he awaited what led there.
  const lines = [cause, ...foreign.toReversed()].map((one) => firstPlace(one.awaited ?? []));
  const line = lines.find((place) => place !== null) ?? null;
  const created = cause.created === null ? "a place outside this orchestrator" : firstPlace(cause.created);
  return { awaited: line === null ? FOREIGN_PROMISE : `${FOREIGN_PROMISE}, at ${line}`, created };
}

function isPending(one: Watched): boolean {
  const promise = one.promise.deref();
  return promise !== undefined && inspect(promise, { depth: 0 }).includes("<pending>");
}

/** Whether `upper` is pending only because `lower` is. */
function explains(lower: Watched, upper: Watched): boolean {
  if (upper.parent === lower) return true;
  if (lower.parent === upper) return false;
  const made = upper.created?.[0];
  const awaiting = lower.awaited;
  if (made === undefined || awaiting === null) return false;
  // `Promise.all` and its like call `then` on each entry.
  if (made.isNative)
    return COMBINATORS.has(made.functionName) && awaiting[1]?.isNative === true && awaiting[1].functionName === made.functionName;
  // The promise of an async function is created on its first line: it waits for whatever is awaited inside that function.
  return sameFunction(awaiting[0], made);
}

const sameFunction = (one: Frame | undefined, other: Frame | undefined): boolean =>
  one !== undefined && other !== undefined && one.enclosing !== null && one.enclosing === other.enclosing;

const COMBINATORS: ReadonlySet<string> = new Set(["all", "race", "any", "allSettled"]);
