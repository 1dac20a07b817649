import type { StartSpec } from "../model/start.ts";
import type { TraceContext } from "../model/trace.ts";

/** Marks starts as part of a trace, and tells of them. Made by the hub, where traces are asked for. */
export interface StartTracing {
  /** The tags of a new instance: with its place in the caller's trace, or in one of its own. `caller`: where the caller stands, if it says so. */
  marked(start: StartSpec, caller: TraceContext | null): StartSpec;
  /** It was accepted. ms since 1970. */
  started(start: StartSpec, from: number): void;
}
