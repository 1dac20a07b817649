import type { TraceContext } from "../../model/trace.ts";

interface Api {
  readonly trace: {
    getActiveSpan?(): { spanContext(): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number } } | undefined;
  };
}

/** Of the span that is active where it is asked, when the app has @opentelemetry/api; else null. */
export async function activeSpan(): Promise<() => TraceContext | null> {
  const api = await loadApi();
  return () => {
    const context = api?.trace.getActiveSpan?.()?.spanContext();
    if (context === undefined || !/[^0]/.test(context.traceId)) return null;
    return { traceparent: `00-${context.traceId}-${context.spanId}-${(context.traceFlags & 1) === 1 ? "01" : "00"}` };
  };
}

async function loadApi(): Promise<Api | null> {
  // Through a variable: it is the app's, and no dependency of this package.
  const name = "@opentelemetry/api";
  try {
    const loaded: unknown = await import(name);
    return typeof loaded === "object" && loaded !== null && "trace" in loaded ? (loaded as Api) : null;
  } catch {
    return null;
  }
}
