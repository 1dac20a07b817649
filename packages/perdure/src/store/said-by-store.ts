import type { Store } from "./contract.ts";

const said = new WeakSet<object>();

/**
 * The same store, whose rejections are known again by {@link saidByStore}. The promises are the store's own: they settle when they would, and a call costs
 * one look-up.
 */
export function hearStore(store: Store): Store {
  const calls = new Map<PropertyKey, unknown>();
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      const known = calls.get(name);
      if (known !== undefined) return known;
      const call = (...args: unknown[]): unknown => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return undefined;
        const answer: unknown = Reflect.apply(method, target, args);
        if (answer instanceof Promise) answer.then(undefined, note);
        return answer;
      };
      calls.set(name, call);
      return call;
    },
  });
}

/**
 * What the store has answered in place of a result. Anything else that comes to a place that waits for the store is a defect of the engine's own code behind
 * the call: it is thrown on, and ends the process. If it counted as the store's, it would be tried again without end, under a wrong name.
 */
export function saidByStore(error: unknown): unknown {
  if (isThing(error) && !said.has(error)) throw error;
  return error;
}

function note(error: unknown): void {
  if (isThing(error)) said.add(error);
}

/** The engine throws nothing else. */
const isThing = (error: unknown): error is object => typeof error === "object" && error !== null;
