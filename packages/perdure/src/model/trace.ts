/** A place in a trace as W3C headers say it (w3.org/TR/trace-context): recorded and handed on as it is. */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate?: string;
}
