import { activityContext } from "../process/code-scope.ts";

/** How code that was left behind by a function has failed. */
export type Uncaught = "exception" | "rejection";

/** Runs code so that what it leaves behind is known to be of its function. */
export type FunctionCall = ReturnType<typeof activityContext>;

/** Enters an async context of the caller's own, made for this request. */
export type ContextOfCall<Request> = (request: Request) => FunctionCall;

/** One for each definition: for each run it would cost too much. Where many calls share a place that one of them may end, each has one inside of that. */
export class FunctionContexts<Definition extends { readonly name: string }, Request> {
  readonly #contexts = new Map<Definition, FunctionCall>();
  readonly #uncaught: (name: string, what: Uncaught, error: unknown) => void;
  readonly #ofCall: ContextOfCall<Request> | null;

  constructor(uncaught: (name: string, what: Uncaught, error: unknown) => void, ofCall: ContextOfCall<Request> | null) {
    this.#uncaught = uncaught;
    this.#ofCall = ofCall;
  }

  of(definition: Definition, request: Request): FunctionCall {
    const context = this.#ofDefinition(definition);
    if (this.#ofCall === null) return context;
    const inner = this.#ofCall(request);
    return (fn, ...args) => context(() => inner(fn, ...args));
  }

  #ofDefinition(definition: Definition): FunctionCall {
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
