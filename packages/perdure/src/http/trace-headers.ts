import type { TraceContext } from "../model/trace.ts";

/** Where the caller stands, by the header of the W3C. */
export function callerOf({ headers }: Request): { readonly trace?: TraceContext } {
  const traceparent = headers.get("traceparent");
  return traceparent === null ? {} : { trace: { traceparent } };
}
