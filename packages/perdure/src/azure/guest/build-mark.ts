import { rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** In the folder into which an app is built, while no build of ours has succeeded there. Nothing loads it, and no watcher sees it. */
const NAME = ".perdure-build";
const TEXT =
  'The last build that Perdure made of this app has not succeeded: what lies here may be a part of it. "npm run build" removes the reason.\n';

/**
 * Compilers write in spite of errors, and a build may be cut off: times of files do not show that. `until`: the last moment at which the build may write, ms since
 * 1970. What is newer than the mark was made by another build.
 */
export function markBuild(output: string, until: number): void {
  const file = join(output, NAME);
  try {
    writeFileSync(file, TEXT);
    utimesSync(file, until / 1_000, until / 1_000);
  } catch {
    // There is no such folder yet, or it is not ours to write: then a build has not written there either.
  }
}

export function unmarkBuild(output: string): void {
  rmSync(join(output, NAME), { force: true });
}

/** `newest`: of what lies there, ms since 1970. */
export const isUnfinished = (output: string, newest: number): boolean =>
  (statSync(join(output, NAME), { throwIfNoEntry: false })?.mtimeMs ?? 0) >= newest;
