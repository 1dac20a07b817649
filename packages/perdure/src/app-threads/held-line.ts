import { fileURLToPath } from "node:url";
import { runAfter } from "../process/timers.ts";
import type { PausedFrame } from "./paused-frames.ts";

/** So long a profile takes. */
export const SAMPLES_MS = 100;
const PATIENCE_MS = 2_000;

interface ProfileNode {
  readonly id: number;
  readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[];
  readonly hitCount?: number;
  readonly children?: readonly number[];
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

/** The line of a source that is at this line of what runs. */
export type SourceLine = (file: string, line: number) => Promise<number>;

/** What runs is the source. */
export const asItIs: SourceLine = (_, line) => Promise.resolve(line);

/** A place in a file of the app. */
export interface Place {
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

type Looks = readonly (() => Promise<Place | null>)[];

/** The line of the app that a thread computes at, by the first of these looks that finds one. Null: not known. */
export async function heldLine(looks: Looks, sourceLine: SourceLine): Promise<string | null> {
  const found = await heldPlace(looks, sourceLine);
  return found === null ? null : placeText(found);
}

export async function heldPlace(looks: Looks, sourceLine: SourceLine): Promise<Place | null> {
  for (const look of looks) {
    const found = await within(look());
    if (found !== null) return { ...found, line: (await within(sourceLine(found.file, found.line))) ?? found.line };
  }
  return null;
}

export const placeText = (place: Place): string => `${place.function} (${place.file}:${place.line})`;

/** Null also when it fails: the thread has ended meanwhile. */
function within<T>(promise: Promise<T>): Promise<T | null> {
  const late = new Promise<null>((resolve) => void runAfter(PATIENCE_MS, () => resolve(null), false));
  return Promise.race([promise.catch(() => null), late]);
}

/** Code of ours that the app has called, the clock for example, is not where it is held. */
const OWN = fileURLToPath(new URL("..", import.meta.url));

function placeOf(functionName: string, url: string, line: number): Place | null {
  if (!/^(?:file:|\/|[A-Za-z]:\\)/.test(url)) return null;
  const file = url.startsWith("file:") ? fileURLToPath(url) : url;
  return file.startsWith(OWN) ? null : { function: functionName === "" ? "an anonymous function" : functionName, file, line };
}

/** Of the calls that it is in, the innermost that is of a file of the app. */
export const innermost = (frames: readonly PausedFrame[] | null): Place | null =>
  frames?.map(({ functionName, url, line }) => placeOf(functionName, url, line)).find((place) => place !== null) ?? null;

/** Where a profile, as JSON text, has seen it most: the innermost call that is of a file of the app. */
export function hottest(profile: string | null): Place | null {
  const { nodes } = (profile === null ? { nodes: [] } : JSON.parse(profile)) as { readonly nodes: readonly ProfileNode[] };
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)));
  const [seen] = nodes.filter(({ hitCount = 0 }) => hitCount > 0).sort((a, b) => (b.hitCount ?? 0) - (a.hitCount ?? 0));
  for (let node = seen; node !== undefined; node = parents.get(node.id)) {
    const { functionName, url, lineNumber } = node.callFrame;
    const line = node === seen ? hottestLine(node) : null;
    const place = placeOf(functionName, url, line ?? lineNumber + 1);
    if (place !== null) return place;
  }
  return null;
}

/** Of a function that calls others only its beginning is known. */
function hottestLine({ positionTicks = [] }: ProfileNode): number | null {
  const [most] = [...positionTicks].sort((a, b) => b.ticks - a.ticks);
  return most?.line ?? null;
}
