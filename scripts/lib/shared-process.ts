import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./paths.ts";

/** Small tests of one room or one part: others start processes, servers or whole hubs, and take long. */
const SMALL =
  /^(packages\/[^/]+\/src\/(?!cli\/|testing\/(simulation|postgres)\/)|packages\/[^/]+\/test\/(executors|client|replay|http|values)\/|bench\/lib\/)/;

/** What changes a whole process, looks at it, measures it, or runs before, after or beside all of its tests. */
const NEEDS_A_PROCESS = [
  /\bprocess\.(?!nextTick|hrtime)/,
  /node:(child_process|worker_threads|v8|vm|cluster|async_hooks|module)"/,
  /\bglobalThis\b/,
  /\bmock\b/,
  /cpu-clock|\bgc\(|[Pp]ostgres\(|spawn|runNode/,
  /(?<![.\w])(before|after)(Each)?\(/,
];

/** Of these test files those that can run one after another in one process. Each also runs alone. */
export function sharingOneProcess(files: readonly string[]): readonly string[] {
  return files.filter((file) => {
    if (!SMALL.test(file)) return false;
    const text = readFileSync(`${ROOT}/${file}`, "utf8");
    return !NEEDS_A_PROCESS.some((pattern) => pattern.test(text));
  });
}

/** Writes a test file that runs those files in their order, and gives its path. Failures still name the file and line of their own test. */
export function writeSharedTest(files: readonly string[]): string {
  const path = join(tmpdir(), `${files.length}${SHARED}${process.pid}.mjs`);
  writeFileSync(path, files.map((file) => `await import(${JSON.stringify(pathToFileURL(`${ROOT}/${file}`).href)});\n`).join(""));
  return path;
}

const SHARED = "-small-test-files-in-one-process-";

/** As people read it: below the root, and without the number of the process. */
export function shownName(file: string): string {
  return file.includes(SHARED)
    ? basename(file)
        .replace(/-\d+\.mjs$/, "")
        .replaceAll("-", " ")
    : relative(ROOT, file);
}
