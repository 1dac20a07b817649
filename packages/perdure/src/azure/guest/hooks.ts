import { inCall } from "../../app-threads/call-place.ts";
import type { Callback } from "./core-types.ts";

const NAMES = ["appStart", "appTerminate", "preInvocation", "postInvocation", "log"] as const;
export type HookName = (typeof NAMES)[number];

/** The app's hooks, in the order in which they were registered. */
export class Hooks {
  /** One object for all hooks of the app. */
  readonly appData: { readonly [name: string]: unknown } = {};
  readonly #byName = new Map<HookName, Callback[]>();

  /** Returns the way to take it back. Throws a RangeError for an unknown name, as the libraries expect. */
  add(name: unknown, callback: unknown): () => void {
    const known = NAMES.find((one) => one === name);
    if (known === undefined) {
      throw Object.assign(new RangeError(`Unrecognized hook "${String(name)}"`), { isAzureFunctionsSystemError: true });
    }
    if (typeof callback !== "function") throw new TypeError(`The ${known} hook must be a function.`);
    const hook = callback as Callback;
    const hooks = this.#byName.get(known) ?? [];
    this.#byName.set(known, [...hooks, hook]);
    return () => {
      this.#byName.set(
        known,
        this.#of(known).filter((one) => one !== hook),
      );
    };
  }

  has(...names: readonly HookName[]): boolean {
    return names.some((name) => this.#of(name).length > 0);
  }

  /** One after another: each sees what the one before it has changed. */
  async run(name: HookName, context: object): Promise<void> {
    for (const hook of this.#of(name)) await inCall(() => hook(context));
  }

  /** Those of `log` are not waited for. */
  runNow(name: HookName, context: object): void {
    for (const hook of this.#of(name)) hook(context);
  }

  #of(name: HookName): readonly Callback[] {
    return this.#byName.get(name) ?? [];
  }
}
