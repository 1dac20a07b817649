import { pathToFileURL } from "node:url";
import { framePlace } from "../../model/stack-place.ts";

/** The first frame that is neither Node's nor ours: `file:line:column`. */
export function userFrame(stack: string): string | null {
  for (const frame of stack.split("\n")) {
    const place = framePlace(frame);
    if (place !== null && !place.startsWith("node:") && !isOwn(place)) return place;
  }
  return null;
}

const OWN_FOLDER = ownFolder(import.meta.url);
const OWN_TEST = /\.test(suite)?\.[jt]s(:|$)/;

/** Frames of the runtime itself; its own tests count as user code. */
export const isOwn = (place: string): boolean => OWN_FOLDER !== null && place.startsWith(OWN_FOLDER) && !OWN_TEST.test(place);

/** Null in a bundle, where our code and theirs are one file (and have no URL, if it is CommonJS). */
function ownFolder(url: string | undefined): string | null {
  if (url === undefined) return null;
  if (/\/replay\/failures\/stack\.ts$/.test(url)) return new URL("../..", url).href;
  return /\/perdure\/dist\/lib\/[^/]+\.js$/.test(url) ? new URL("..", url).href : null; // as published
}

/** A stack without the frames of Node and ours, and without our files among those that have required a missing one: what of an error leads to its author. */
export function appFrames(stack: string): string {
  const isOurs = (line: string): boolean => {
    const required = /^- (\/.+|[A-Za-z]:\\.+)$/.exec(line)?.[1];
    if (required !== undefined) return isOwn(pathToFileURL(required).href);
    if (!/^ +at /.test(line)) return false;
    const place = framePlace(line) ?? "node:";
    return place.startsWith("node:") || isOwn(place);
  };
  return stack
    .split("\n")
    .filter((line) => !isOurs(line))
    .join("\n");
}

/** How Node got to the microtask: it differs from run to run, and says nothing. */
const SCHEDULING = /^ +at (?:async )?(?:process\.)?(?:processTicksAndRejections|runMicrotasks) \(/;

/**
 * A stack as its author would want it, the same live and in replay: without our frames above theirs, and cut where their code was called by
 * ours. Nothing is left of one that has no frame of theirs.
 */
export function authorStack(stack: string): string {
  const begin = stack.search(/\n +at /);
  if (begin < 0) return stack;
  const kept: string[] = [];
  let reached = false;
  for (const frame of stack.slice(begin + 1).split("\n")) {
    const place = framePlace(frame) ?? "";
    if (isOwn(place)) {
      if (reached) break;
    } else if (!SCHEDULING.test(frame)) {
      kept.push(frame);
      if (!place.startsWith("node:")) reached = true;
    }
  }
  return [stack.slice(0, begin), ...(reached ? kept : [])].join("\n");
}
