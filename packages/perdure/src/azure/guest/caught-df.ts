const CAUGHT = Symbol("caught");

interface Catching {
  [CAUGHT]: { df: unknown; readonly caught: (df: unknown) => void };
}

/**
 * One pair of functions for all contexts: with functions of its own, each context would have a hidden class of its own, which V8 has in its old generation from the beginning, with all that
 * the functions refer to.
 */
const DF: PropertyDescriptor & ThisType<Catching> = {
  configurable: true,
  enumerable: true,
  get() {
    return this[CAUGHT].df;
  },
  set(df: unknown) {
    this[CAUGHT].df = df;
    this[CAUGHT].caught(df);
  },
};

/** `caught` is called when the library puts its part of the context of an orchestrator there. */
export function catchDf(context: object, caught: (df: unknown) => void): void {
  Object.defineProperty(context, CAUGHT, { value: { df: undefined, caught } });
  Object.defineProperty(context, "df", DF);
}
