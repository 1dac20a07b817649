import { fault } from "../../errors/perdure-error.ts";
import { isError } from "../../telemetry/value-text.ts";

/**
 * What every call, wait and timer returns. It satisfies `Promise<T>` (await, `Promise.all`, `then` …) and can be looked at without waiting.
 * Created at the call, not at the await.
 */
export interface DurableTask<T> extends Promise<T> {
  /** True once it has a value or a failure. */
  readonly isCompleted: boolean;
  readonly isFaulted: boolean;
  /** The value; throws the failure when faulted, and says so in words while pending. */
  readonly result: T;
}

/** A task that can be given up: a timer, a wait. A cancelled task never completes. */
export interface CancellableTask<T> extends DurableTask<T> {
  readonly isCancelled: boolean;
  cancel(): void;
}

export type TimerTask = CancellableTask<void>;
export type EventTask<T> = CancellableTask<T>;

/** A failure that has happened; the error for it is made where it is awaited. */
export interface Fault {
  toError(): unknown;
}

/** What inside the engine must know at once, before any user code: `all` and `any`. */
export interface TaskListener {
  childSettled(child: TaskCore<unknown>): void;
}

type Settled = ((value: unknown) => unknown) | null | undefined;

/** Set while a replay looks for a wrong await: told of each `then` on a task. */
let onThen: ((task: TaskCore<unknown>) => void) | null = null;
export function observeThen(observer: ((task: TaskCore<unknown>) => void) | null): void {
  onThen = observer;
}

const PENDING = 0;
const DONE = 1;
const FAULTED = 2;

/**
 * The inner promise is made at the first `then` (a task that is not awaited costs none, and cannot raise an unhandled rejection) and always
 * has exactly the one reaction that each `then` derives from it: V8 adds the user's async frames to an error only if it is created inside
 * the rejection reaction of a promise with a single reaction.
 */
export class TaskCore<T> implements DurableTask<T> {
  #state: typeof PENDING | typeof DONE | typeof FAULTED = PENDING;
  #value: unknown = undefined;
  #promise: Promise<unknown> | null = null;
  #resolve: ((value: unknown) => void) | null = null;
  #reject: ((reason: Fault) => void) | null = null;
  #listeners: TaskListener[] | null = null;
  /** For messages: `activity "Ship"`. */
  get label(): string {
    return "a task";
  }

  get [Symbol.toStringTag](): string {
    return "DurableTask";
  }

  get isCompleted(): boolean {
    return this.#state !== PENDING;
  }

  get isFaulted(): boolean {
    return this.#state === FAULTED;
  }

  get isCancelled(): boolean {
    return false;
  }

  get result(): T {
    if (this.#state === PENDING) throw fault("TASK_PENDING", this.label);
    if (this.#state === FAULTED) throw (this.#value as Fault).toError();
    return this.#value as T;
  }

  /** The fault of a faulted task, else null. */
  get fault(): Fault | null {
    return this.#state === FAULTED ? (this.#value as Fault) : null;
  }

  // biome-ignore lint/suspicious/noThenProperty: a task is a thenable, that is its purpose
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (onThen !== null) onThen(this);
    const made: Promise<unknown> = this.#inner().then(undefined, throwFault);
    return made.then(onFulfilled as Settled, onRejected) as Promise<A | B>;
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    if (onThen !== null) onThen(this);
    return this.#inner().then(undefined, throwFault).finally(onFinally) as Promise<T>;
  }

  toJSON(): never {
    throw fault("TASK_AS_DATA", this.label);
  }

  settle(value: T): void {
    if (this.#state !== PENDING) return;
    this.#state = DONE;
    this.#value = value;
    this.#resolve?.(value);
    this.#settled();
  }

  fail(reason: Fault): void {
    if (this.#state !== PENDING) return;
    this.#state = FAULTED;
    this.#value = reason;
    this.#reject?.(reason);
    this.#settled();
  }

  listen(listener: TaskListener): void {
    this.#listeners ??= [];
    this.#listeners.push(listener);
  }

  unlisten(listener: TaskListener): void {
    const at = this.#listeners?.indexOf(listener) ?? -1;
    if (at >= 0) this.#listeners?.splice(at, 1);
  }

  #settled(): void {
    this.#resolve = null;
    this.#reject = null;
    const listeners = this.#listeners;
    if (listeners === null) return;
    this.#listeners = null;
    for (const listener of listeners) listener.childSettled(this);
  }

  #inner(): Promise<unknown> {
    if (this.#promise !== null) return this.#promise;
    if (this.#state === PENDING) {
      this.#promise = new Promise<unknown>((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
      });
    } else {
      this.#promise = this.#state === DONE ? Promise.resolve(this.#value) : Promise.reject(this.#value);
    }
    return this.#promise;
  }
}

function throwFault(reason: Fault): never {
  const error = reason.toError();
  // The frames above the awaiting line are ours.
  if (isError(error)) Error.captureStackTrace(error, throwFault);
  throw error;
}
