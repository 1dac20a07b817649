import type { CoreLogLevel } from "./core-types.ts";

/** The call that a context belongs to. The app does not see it. */
export interface ContextOwner {
  readonly invocationId: string;
  readonly functionName: string;
  readonly traceContext: object | undefined;
  /** What the library's class is made with. */
  init(): object;
  log(context: object, level: CoreLogLevel, args: readonly unknown[]): void;
}

export type ContextClass = new (init: object) => object;
export type LeanContextClass = new (owner: ContextOwner) => object;

const LOGS: ReadonlySet<string> = new Set(["log", "trace", "debug", "info", "warn", "error"]);
/** What hardly any function looks at. */
const PARTS = ["extraInputs", "extraOutputs", "triggerMetadata", "options"] as const;
type Part = (typeof PARTS)[number];

/**
 * Contexts that are the library's to the app, and have what it puts into each of them made when it is asked for. The library keeps some of it in WeakMaps: V8 needs 2.5 µs of processor
 * time for one of its contexts, most of it in the collections of its garbage, and 0.4 for one of these (Node 26.10, November 2026); and what a WeakMap holds outlives the small collections. Null:
 * the library's class has more than is known here.
 */
export function leanContexts(Library: ContextClass): LeanContextClass | null {
  const levels = levelsOf(Library);
  if (levels === null) return null;

  class Lean {
    readonly invocationId: string;
    readonly functionName: string;
    declare readonly retryContext: undefined;
    declare readonly traceContext: object | undefined;
    readonly #owner: ContextOwner;
    #whole: { readonly [part in Part]?: unknown } | null = null;

    constructor(owner: ContextOwner) {
      this.#owner = owner;
      this.invocationId = owner.invocationId;
      this.functionName = owner.functionName;
      Object.defineProperty(this, "extraInputs", parts.extraInputs);
      Object.defineProperty(this, "extraOutputs", parts.extraOutputs);
      this.retryContext = undefined;
      this.traceContext = owner.traceContext;
      Object.defineProperty(this, "triggerMetadata", parts.triggerMetadata);
      Object.defineProperty(this, "options", parts.options);
    }

    static part(context: Lean, part: Part): unknown {
      context.#whole ??= new Library(context.#owner.init());
      return context.#whole[part];
    }

    static log(context: Lean, level: CoreLogLevel, args: readonly unknown[]): void {
      context.#owner.log(context, level, args);
    }
  }

  /** The same functions for all contexts: with some of its own, each would have a hidden class of its own. */
  const partOf = (part: Part): PropertyDescriptor & ThisType<Lean> => ({
    configurable: true,
    enumerable: true,
    get() {
      return Lean.part(this, part);
    },
    set(value: unknown) {
      Object.defineProperty(this, part, { value, configurable: true, enumerable: true, writable: true });
    },
  });
  const parts = Object.fromEntries(PARTS.map((part) => [part, partOf(part)])) as { readonly [part in Part]: PropertyDescriptor };

  const methods = [...levels].map(([name, level]) => {
    const value = function (this: Lean, ...args: readonly unknown[]): void {
      Lean.log(this, level, args);
    };
    return [name, { value, configurable: true, writable: true }] as const;
  });
  Object.setPrototypeOf(Lean.prototype, Library.prototype as object);
  Object.defineProperties(Lean.prototype, { ...Object.fromEntries(methods), constructor: { value: Library } });
  return Lean;
}

/** The level with which each method logs. */
function levelsOf(Library: ContextClass): ReadonlyMap<string, CoreLogLevel> | null {
  const levels = new Map<string, CoreLogLevel>();
  const logHandler = (level: CoreLogLevel, name: string): void => void levels.set(name, level);
  const sample = new Library({ logHandler });
  const names = Object.getOwnPropertyNames(Library.prototype).filter((name) => name !== "constructor");
  if (names.length === 0 || !names.every((name) => LOGS.has(name))) return null;
  for (const name of names) (Reflect.get(sample, name) as (text: string) => void).call(sample, name);
  return levels.size === names.length ? levels : null;
}
