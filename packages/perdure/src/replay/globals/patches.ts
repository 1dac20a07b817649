export type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/** Replaced properties of objects that are global, and the way back. */
export class Patches {
  readonly #undo: (() => void)[] = [];

  /** Replaces a property; absent ones are left absent (older Node). */
  property(target: object | undefined, key: PropertyKey, change: (original: PropertyDescriptor) => PropertyDescriptor): void {
    if (target === undefined) return;
    const original = Object.getOwnPropertyDescriptor(target, key);
    if (original === undefined || original.configurable !== true) return;
    const changed = { ...original, ...change(original) };
    Object.defineProperty(target, key, changed);
    this.#undo.push(() => {
      const current = Object.getOwnPropertyDescriptor(target, key);
      // Other code patched it after us: what that code holds of ours is transparent outside orchestrators, and stays.
      if (current?.value === changed.value && current?.get === changed.get) Object.defineProperty(target, key, original);
    });
  }

  /** Replaces a function; the replacement keeps its name, length and own properties. */
  method(target: object | undefined, key: PropertyKey, replace: (original: AnyFunction) => AnyFunction): void {
    this.property(target, key, ({ value }) => (typeof value === "function" ? { value: dressed(replace(value), value) } : {}));
  }

  getter(
    target: object | undefined,
    key: PropertyKey,
    replace: (original: (this: unknown) => unknown) => (this: unknown) => unknown,
  ): void {
    this.property(target, key, ({ get }) => (get === undefined ? {} : { get: replace(get) }));
  }

  undo(): void {
    for (const one of this.#undo.reverse()) one();
    this.#undo.length = 0;
  }
}

/** `replacement` looking like `original`. */
export function dressed<F extends object>(replacement: F, original: object): F {
  for (const key of Reflect.ownKeys(original)) {
    const descriptor = Object.getOwnPropertyDescriptor(original, key);
    const own = Object.getOwnPropertyDescriptor(replacement, key);
    if (descriptor !== undefined && own?.configurable !== false) Object.defineProperty(replacement, key, descriptor);
  }
  return replacement;
}

/** A global or a member of a module by name, when this Node has it. */
export function memberOf(target: object, key: string): object | undefined {
  const found: unknown = Reflect.get(target, key);
  return (typeof found === "object" || typeof found === "function") && found !== null ? found : undefined;
}
