import { isOwn } from "../failures/stack.ts";

/** One call on the stack, as far as the search for a wrong await needs it. */
export interface Frame {
  readonly functionName: string;
  /** A builtin of the language: no script. */
  readonly isNative: boolean;
  readonly isOwn: boolean;
  /** `file:line` for people; null for Node's and the language's own. */
  readonly place: string | null;
  /** Identity of the function: script and where it begins. */
  readonly enclosing: string | null;
}

const DEPTH = 30;

/** The stack above `below`, structured. */
export function captureFrames(below: (...args: never[]) => unknown): readonly Frame[] {
  const { stackTraceLimit, prepareStackTrace } = Error;
  const holder: { stack?: readonly NodeJS.CallSite[] } = {};
  try {
    Error.stackTraceLimit = DEPTH;
    Error.prepareStackTrace = (_error, sites) => sites;
    Error.captureStackTrace(holder, below);
    // Formatted on first read.
    return (holder.stack ?? []).filter((site) => !(site.getFileName() ?? "").startsWith("node:internal/promise_hooks")).map(frameOf);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (prepareStackTrace === undefined) Reflect.deleteProperty(Error, "prepareStackTrace");
    else Error.prepareStackTrace = prepareStackTrace;
  }
}

function frameOf(site: NodeJS.CallSite): Frame {
  const script = site.getScriptNameOrSourceURL() ?? "";
  const own = isOwn(script);
  const isNode = script.startsWith("node:");
  return {
    functionName: site.getFunctionName() ?? "",
    isNative: script === "",
    isOwn: own,
    place: script === "" || isNode || own ? null : `${script.replace(/^file:\/\//, "")}:${site.getLineNumber() ?? 0}`,
    enclosing: script === "" ? null : `${script}:${site.getEnclosingLineNumber()}:${site.getEnclosingColumnNumber()}`,
  };
}

/** The first place in the author's code. */
export const firstPlace = (frames: readonly Frame[]): string | null => frames.find((frame) => frame.place !== null)?.place ?? null;
