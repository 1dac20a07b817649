import { activityContext } from "../process/code-scope.ts";

/** How code that was left behind by a function has failed. */
export type Uncaught = "exception" | "rejection";

/** Runs code so that what it leaves behind is known to be of its function. */
export type FunctionCall = ReturnType<typeof activityContext>;

/** One for each definition: for each run it would cost too much. */
export class FunctionContexts<Definition extends { readonly name: string }> {
  readonly #contexts = new Map<Definition, FunctionCall>();
  readonly #uncaught: (name: string, what: Uncaught, error: unknown) => void;

  constructor(uncaught: (name: string, what: Uncaught, error: unknown) => void) {
    this.#uncaught = uncaught;
  }

  of(definition: Definition): FunctionCall {
    let context = this.#contexts.get(definition);
    if (context === undefined) {
      context = activityContext({ kind: "activity", uncaught: (what, error) => this.#uncaught(definition.name, what, error) });
      this.#contexts.set(definition, context);
    }
    return context;
  }
}

export const uncaughtText = (what: Uncaught): string =>
  what === "exception" ? "A callback of it threw, and nothing caught that" : "A promise of it rejected and is not awaited";
