import type { TraceContext } from "../../model/trace.ts";
import { parseTraceparent, traceparentOf } from "./trace-context.ts";

interface Context {
  setValue(key: symbol, value: unknown): Context;
}

interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly isRemote?: boolean;
}

/** What is used of @opentelemetry/api, 1.4 and later. */
interface Api {
  readonly trace: {
    getActiveSpan(): { spanContext(): SpanContext } | undefined;
    setSpanContext(context: Context, place: SpanContext): Context;
  };
  readonly context: {
    active(): Context;
    with<Args extends readonly unknown[], R>(context: Context, fn: (...args: Args) => R, thisArg: undefined, ...args: Args): R;
  };
  readonly ROOT_CONTEXT: Context;
  createContextKey(name: string): symbol;
}

type Enter = <R, Args extends readonly unknown[]>(fn: (...args: Args) => R, ...args: Args) => R;

/** How code of functions runs where the app has OpenTelemetry. */
export interface TracedCode {
  /** There it finds its own span as the active one, so that what it does is below it. Null: nothing would see it. */
  within(trace: TraceContext): Enter | null;
  /** There nothing of it is traced: an orchestrator would give the same spans again with each replay. */
  readonly untraced: Enter;
}

/** Of @opentelemetry/core: what its SDK asks before it makes a span. */
const SUPPRESSED = "OpenTelemetry SDK Context Key SUPPRESS_TRACING";
const SAMPLED = 1;
/** An SDK may be registered at any time; a look takes as long as what it saves. */
const LOOK_EVERY = 100;

/**
 * The app's OpenTelemetry, if it has one. Its API alone does nothing: without a context manager, which its SDK registers, no span is ever active, and `with` only
 * calls.
 */
export class OpenTelemetry implements TracedCode {
  readonly #api: Api;
  readonly #suppressed: Context;
  #hasManager = false;
  #calls = 0;

  private constructor(api: Api) {
    this.#api = api;
    this.#suppressed = api.ROOT_CONTEXT.setValue(api.createContextKey(SUPPRESSED), true);
  }

  static async load(): Promise<OpenTelemetry | null> {
    // Through a variable: it is the app's, and no dependency of this package.
    const name = "@opentelemetry/api";
    try {
      const loaded: unknown = await import(name);
      return isApi(loaded) ? new OpenTelemetry(loaded) : null;
    } catch {
      return null;
    }
  }

  /** Of the span that is active where it is asked; one that records nothing may have an id of zeros, which means no place. */
  active(): TraceContext | null {
    const context = this.#api.trace.getActiveSpan()?.spanContext();
    if (context === undefined) return null;
    const { traceId, spanId, traceFlags } = context;
    return { traceparent: traceparentOf({ traceId, spanId, isSampled: (traceFlags & SAMPLED) === SAMPLED }) };
  }

  within(trace: TraceContext): Enter | null {
    const place = this.#isSeen() ? parseTraceparent(trace.traceparent) : null;
    if (place === null) return null;
    const { trace: traces, context, ROOT_CONTEXT } = this.#api;
    const { traceId, spanId, isSampled } = place;
    const active = traces.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: isSampled ? SAMPLED : 0, isRemote: true });
    return (fn, ...args) => context.with(active, fn, undefined, ...args);
  }

  readonly untraced: Enter = (fn, ...args) =>
    this.#isSeen() ? this.#api.context.with(this.#suppressed, fn, undefined, ...args) : fn(...args);

  /** A context manager is registered. */
  #isSeen(): boolean {
    if (!this.#hasManager && this.#calls++ % LOOK_EVERY === 0) {
      const { context } = this.#api;
      this.#hasManager = context.with(this.#suppressed, () => context.active() === this.#suppressed, undefined);
    }
    return this.#hasManager;
  }
}

function isApi(loaded: unknown): loaded is Api {
  const names = ["trace", "context", "ROOT_CONTEXT", "createContextKey"];
  return typeof loaded === "object" && loaded !== null && names.every((name) => name in loaded);
}
