import type { Action } from "../../model/action.ts";
import { authorPlace } from "./author-place.ts";
import type { SdkExecutor, SdkTask } from "./sdk-executor.ts";
import type { Asked } from "./watched-sdk.ts";

/** A task in a task of several in another: no author goes deeper. */
const MOST_PARENTS = 10;

/** Where in the author's code each action is asked for: for a repetition that has to name what it finds, since a stack costs more than the call itself. */
export class AskedPlaces {
  /** Of tasks, and of what the library asks for without one. */
  readonly #calls = new WeakMap<object, string>();
  readonly #actions = new Map<Action, string>();
  /** The call of `context.df` that runs. */
  #calling: string | null = null;
  /** What is asked for now. */
  #asking: string | null = null;
  #last: string | null = null;

  /** Before the author's code runs. `df`: as it finds it on its context. */
  watch(df: object, sdk: SdkExecutor): void {
    for (const name of methodsOf(df)) {
      const method = Reflect.get(df, name) as (...args: readonly unknown[]) => unknown;
      Object.defineProperty(df, name, {
        configurable: true,
        writable: true,
        value: (...args: readonly unknown[]) => this.#call(df, method, args),
      });
    }
    const { recordFireAndForgetAction } = sdk;
    sdk.recordFireAndForgetAction = (action, numbers) => {
      if (this.#calling !== null) this.#calls.set(action, this.#calling);
      recordFireAndForgetAction.call(sdk, action, numbers);
    };
  }

  #call(df: object, method: (...args: readonly unknown[]) => unknown, args: readonly unknown[]): unknown {
    this.#calling = authorPlace(this.#call);
    try {
      const made = Reflect.apply(method, df, args);
      if (this.#calling !== null && typeof made === "object" && made !== null) this.#calls.set(made, this.#calling);
      return made;
    } finally {
      this.#calling = null;
    }
  }

  /** The library has given a number to this; actions that are noted next come from it. */
  asking({ task, action }: Asked): void {
    this.#asking = (task === null ? null : this.#placeOf(task)) ?? (action === "noOp" ? null : (this.#calls.get(action) ?? null));
    if (this.#asking !== null) this.#last = this.#asking;
  }

  note(action: Action): void {
    if (this.#asking !== null) this.#actions.set(action, this.#asking);
  }

  /** `at FILE:LINE`, or `after` the last call that is known; null: none is. */
  of(action: Action | null): string | null {
    const place = action === null ? undefined : this.#actions.get(action);
    if (place !== undefined) return `at ${place}`;
    return this.#last === null ? null : `after ${this.#last}`;
  }

  #placeOf(task: SdkTask): string | null {
    let at: SdkTask | undefined = task;
    for (let above = 0; at !== undefined && above < MOST_PARENTS; above += 1) {
      const place = this.#calls.get(at);
      if (place !== undefined) return place;
      at = at.parent;
    }
    return null;
  }
}

/** Those that the library's class has. */
function methodsOf(df: object): readonly string[] {
  const names = new Set<string>();
  for (let at: unknown = df; typeof at === "object" && at !== null && at !== Object.prototype; at = Reflect.getPrototypeOf(at)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (typeof value === "function" && name !== "constructor") names.add(name);
  }
  return [...names];
}
