import { fileURLToPath } from "node:url";
import { runAfter } from "../process/timers.ts";

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

/** The line of the app that a thread computes at, by a profile of it, as JSON text: it answers for an endless loop too. Null: not known. */
export async function heldLine(profile: Promise<string | null>, sourceLine: SourceLine): Promise<string | null> {
  try {
    const text = await within(profile);
    const found = text === null ? null : hottest((JSON.parse(text) as { readonly nodes: readonly ProfileNode[] }).nodes);
    if (found === null) return null;
    const line = await within(sourceLine(found.file, found.line));
    return `${found.function} (${found.file}:${line ?? found.line})`;
  } catch {
    return null; // it has ended meanwhile
  }
}

function within<T>(promise: Promise<T>): Promise<T | null> {
  const late = new Promise<null>((resolve) => void runAfter(PATIENCE_MS, () => resolve(null), false));
  return Promise.race([promise, late]);
}

/** Code of ours that the app has called, the clock for example, is not where it is held. */
const OWN = fileURLToPath(new URL("..", import.meta.url));

interface Place {
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

/** Where it was seen most: the innermost frame that is of a file of the app. */
function hottest(nodes: readonly ProfileNode[]): Place | null {
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)));
  const [seen] = nodes.filter(({ hitCount = 0 }) => hitCount > 0).sort((a, b) => (b.hitCount ?? 0) - (a.hitCount ?? 0));
  for (let node = seen; node !== undefined; node = parents.get(node.id)) {
    const { functionName, url, lineNumber } = node.callFrame;
    if (!/^(?:file:|\/|[A-Za-z]:\\)/.test(url)) continue;
    const file = url.startsWith("file:") ? fileURLToPath(url) : url;
    if (file.startsWith(OWN)) continue;
    const line = node === seen ? hottestLine(node) : null;
    return { function: functionName === "" ? "an anonymous function" : functionName, file, line: line ?? lineNumber + 1 };
  }
  return null;
}

/** Of a function that calls others only its beginning is known. */
function hottestLine({ positionTicks = [] }: ProfileNode): number | null {
  const [most] = [...positionTicks].sort((a, b) => b.ticks - a.ticks);
  return most?.line ?? null;
}
