/** A place in a trace as W3C headers say it (w3.org/TR/trace-context): recorded and handed on as it is. */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/**
 * Of an instance that is traced. A tag, since tags are recorded with the start, inherited by sub-orchestrations, and found by a filter: so one value is stored for a whole
 * tree of instances, and none for an activity.
 */
export const TRACE_TAG = "perdure.traceparent";

/** Where a traced instance stands: its parent may have begun a trace of its own. What other executors trace is theirs, and has no such tag. */
export const traceOfInstance = (instance: {
  readonly parent: { readonly trace?: TraceContext } | null;
  readonly tags: Readonly<Record<string, string>> | null;
}): TraceContext | null => {
  const own = traceOfTags(instance.tags);
  return own === null ? null : (instance.parent?.trace ?? own);
};

export function traceOfTags(tags: Readonly<Record<string, string>> | null): TraceContext | null {
  const traceparent = tags?.[TRACE_TAG];
  return traceparent === undefined ? null : { traceparent };
}
