import buffer from "node:buffer";
import timers from "node:timers";
import timersPromises from "node:timers/promises";
import { promisify } from "node:util";
import { fault } from "../../errors/perdure-error.ts";
import type { OrchestrationScope } from "../../process/code-scope.ts";
import { currentOrchestration } from "../../process/code-scope.ts";
import type { AnyFunction, Patches } from "./patches.ts";
import { dressed } from "./patches.ts";

const TIMER_ADVICE = 'Use ctx.createTimer("…").';
const IO_ADVICE = "Call an activity for I/O.";

/** Effects that replay would not repeat: inside an orchestrator they throw an error that names the durable alternative. */
export function patchEffects(patches: Patches): void {
  for (const name of ["setTimeout", "setInterval", "setImmediate"]) {
    for (const target of [globalThis, timers]) {
      patches.property(target, name, ({ value }) => ({ value: guardedTimer(name)(value) }));
    }
    patches.method(timersPromises, name, guarded(`timers/promises ${name}`, TIMER_ADVICE));
  }
  const scheduler: object = Object.getPrototypeOf(timersPromises.scheduler);
  patches.method(scheduler, "wait", guarded("scheduler.wait", TIMER_ADVICE));
  patches.method(scheduler, "yield", guarded("scheduler.yield", TIMER_ADVICE));
  patches.method(AbortSignal, "timeout", guarded("AbortSignal.timeout", TIMER_ADVICE));
  patches.method(globalThis, "fetch", guarded("fetch", IO_ADVICE));
  patches.method(
    globalThis,
    "queueMicrotask",
    reporting((scope, error) => scope.microtaskFailed(error)),
  );
  patches.method(
    process,
    "nextTick",
    reporting((scope, error) => scope.tickFailed(error)),
  );
  for (const target of [globalThis, buffer]) patches.property(target, "File", datedFile);
}

/** A look at these loads all of Node's HTTP: {@link guardConnectionsLater}. */
export function patchConnections(patches: Patches): void {
  for (const name of ["WebSocket", "EventSource"]) patches.property(globalThis, name, (original) => guardedClass(original, name));
}

const guarded =
  (name: string, advice: string) =>
  (original: AnyFunction): AnyFunction =>
    function (...args) {
      if (currentOrchestration() !== undefined) throw fault("GUARDED_CALL", name, advice);
      return Reflect.apply(original, this, args);
    };

/** `util.promisify(setTimeout)` gives the function of timers/promises, which was taken before it was guarded. */
const guardedTimer =
  (name: string) =>
  (original: AnyFunction): AnyFunction => {
    const replacement = guarded(name, TIMER_ADVICE)(original);
    const promised: unknown = Reflect.get(original, promisify.custom);
    if (typeof promised === "function") {
      const value = guarded(`${name} (promisified)`, TIMER_ADVICE)(promised as AnyFunction);
      Object.defineProperty(replacement, promisify.custom, { value, configurable: false, enumerable: true });
    }
    return dressed(replacement, original);
  };

/** Globals that Node loads on first use are getters: they stay so. */
function changedValue(original: PropertyDescriptor, change: (value: object) => object): PropertyDescriptor {
  const { get, value } = original;
  if (typeof value === "function") return { value: change(value) };
  if (get === undefined) return {};
  let changed: object | undefined;
  return {
    get(this: unknown) {
      changed ??= change(get.call(this));
      return changed;
    },
  };
}

const guardedClass = (original: PropertyDescriptor, name: string): PropertyDescriptor =>
  changedValue(
    original,
    (real) =>
      new Proxy(real, {
        construct(target, args, newTarget) {
          if (currentOrchestration() !== undefined) throw fault("GUARDED_CALL", name, IO_ADVICE);
          return Reflect.construct(target as AnyFunction, args, newTarget);
        },
      }),
  );

/** A File without `lastModified` takes the current time. */
const datedFile = (original: PropertyDescriptor): PropertyDescriptor =>
  changedValue(
    original,
    (real) =>
      new Proxy(real, {
        construct(target, args, newTarget) {
          const scope = currentOrchestration();
          const dated = scope === undefined ? args : [args[0], args[1], { lastModified: scope.clock, ...args[2] }];
          return Reflect.construct(target as AnyFunction, dated, newTarget);
        },
      }),
  );

/** An exception in a callback of the orchestrator would end the process: its instance is told instead. */
const reporting =
  (failed: (scope: OrchestrationScope, error: unknown) => void) =>
  (original: AnyFunction): AnyFunction =>
    function (...args) {
      const scope = currentOrchestration();
      const callback: unknown = args[0];
      if (scope === undefined || typeof callback !== "function") return Reflect.apply(original, this, args);
      const wrapped = (...given: readonly unknown[]): void => {
        try {
          callback(...given);
        } catch (error) {
          failed(scope, error);
        }
      };
      return Reflect.apply(original, this, [wrapped as never, ...args.slice(1)]);
    };
