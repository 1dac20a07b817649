import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./paths.ts";

/** Test files that run one after another in one process. */
export interface Group {
  readonly name: string;
  readonly files: readonly string[];
}

/** These start processes or servers and wait for them, for long enough to run beside the groups. */
const BESIDE_THEM = /^scripts\/pack|\/test\/(kills|rolling|postgres\/(cases|troubles)|(fleet|reliability)\/processes)|\/cli\/drain/;

/** By place, the first that fits. They start together, and each takes half a minute to a minute, in part for waiting. */
const GROUPS: readonly { readonly name: string; readonly place: RegExp }[] = [
  {
    name: "of stores and examples",
    place: /^(packages\/[^/]+\/test\/(stores|postgres|store-away)\/|packages\/[^/]+\/templates\/|examples\/)/,
  },
  { name: "of reliability", place: /^packages\/[^/]+\/test\/(reliability|fleet)\// },
  { name: "of the engine", place: /^packages\/[^/]+\/test\// },
  { name: "of the command line", place: /^packages\/[^/]+\/src\/cli\// },
  { name: "of sources", place: /^(packages\/[^/]+\/src\/|bench\/lib\/|scripts\/)/ },
];

/** What changes a whole process, looks at it or measures it. Starting processes, servers and threads does not. */
const NEEDS_A_PROCESS = [
  /(?<![./\w-])process\.(?!(?:nextTick|processTicksAndRejections|hrtime|execPath|pid|platform|kill|on|off)\b)\w/,
  /node:(worker_threads|v8|cluster|async_hooks|module)"/,
  /\bglobalThis\b/,
  /\bmock\b/,
  /cpu-clock|\bgc\(|\bapplyPlant\(/,
];

/** These modules have hooks for their whole process: they are imported outside of the files, since the hooks would run after the first that imports them. */
const FOR_ALL_FILES = ["packages/perdure/test/testing/grounds.ts", "packages/perdure/test/postgres/own-server.ts"];

/** Of these test files those that can share a process. Each also runs alone. */
export function sharingProcesses(files: readonly string[]): readonly Group[] {
  const able = files.filter((file) => {
    if (BESIDE_THEM.test(file)) return false;
    const text = readFileSync(`${ROOT}/${file}`, "utf8");
    return !NEEDS_A_PROCESS.some((pattern) => pattern.test(text));
  });
  const placeOf = (file: string) => GROUPS.find(({ place }) => place.test(file));
  return GROUPS.map((group) => ({ name: group.name, files: able.filter((file) => placeOf(file) === group) })).filter(
    (group) => group.files.length > 1,
  );
}

/**
 * Writes a test file that runs those files in their order, and gives its path. Each is a suite, which has the file's hooks, and the next is loaded when
 * it has ended. Failures name the file and line of their own test.
 */
export function writeSharedTest({ name, files }: Group, limitMs: number, forAll = FOR_ALL_FILES): string {
  const url = (file: string) => JSON.stringify(pathToFileURL(`${ROOT}/${file}`).href);
  const lines = [
    `import { inOneProcess } from ${url("scripts/lib/runner-hook.ts")};`,
    `import ${url("scripts/lib/built-threads.ts")};`,
    "await inOneProcess(async (file) => {",
    ...forAll.map((file) => `await import(${url(file)});`),
    ...files.map((file) => `await file(${JSON.stringify(file)}, ${limitMs}, () => import(${url(file)}));`),
    "});",
  ];
  const path = join(tmpdir(), `${files.length}${SHARED}${name.replaceAll(" ", "-")}-${process.pid}.mjs`);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

const SHARED = "-test-files-in-one-process-";

/** As people read it: below the root, and without the number of the process. */
export function shownName(file: string): string {
  return file.includes(SHARED)
    ? basename(file)
        .replace(/-\d+\.mjs$/, "")
        .replaceAll("-", " ")
    : relative(ROOT, file);
}
