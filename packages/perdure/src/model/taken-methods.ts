/**
 * Methods that keep their object when they are taken off it: `const { heartbeat } = ctx`. A getter for each stands in the class, so that its objects cost nothing
 * more. `names`: all methods, unless only some of them are for authors.
 */
export function keepThis<Instance extends object>(
  { prototype }: { readonly prototype: Instance },
  names: readonly string[] = Object.getOwnPropertyNames(prototype),
): void {
  for (const name of names) {
    const method: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value;
    if (name === "constructor" || typeof method !== "function") continue;
    Object.defineProperty(prototype, name, {
      configurable: true,
      get(this: Instance) {
        return method.bind(this);
      },
      // A test that puts a function of its own into an object may still do so.
      set(this: Instance, value: unknown) {
        Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true });
      },
    });
  }
}
