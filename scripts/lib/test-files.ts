import { globSync } from "node:fs";
import { ROOT } from "./paths.ts";

/** Where our code and its tests live. `dist` is not among them: compiled copies are never run as tests. */
const CODE_FOLDERS = ["packages/*/src", "packages/*/test", "packages/*/templates", "examples", "bench", "scripts", "test"];

function find(suffix: string): string[] {
  const patterns = CODE_FOLDERS.map((folder) => `${folder}/**/*${suffix}`);
  // The template of an Azure app is compiled by its own build, tests included.
  const exclude = (path: string) => /(^|[/\\])(node_modules|dist|peers|templates[/\\]azure)([/\\]|$)/.test(path);
  const found = globSync(patterns, { cwd: ROOT, exclude }).map((path) => path.replaceAll("\\", "/"));
  return found.sort();
}

/** Every TypeScript file of ours, tests included, but for the console's page: its files are looked at as what its build makes of them. */
export function findSources(): string[] {
  return find(".ts").filter((path) => !path.startsWith("packages/console/src/"));
}

/** What takes long comes early, so that short files fill the end: a long one alone there would leave a core idle. Any other file is short. */
const LONG_FIRST = [
  /^scripts\/pack/,
  /\/test\/(postgres|kills)\//,
  /\/test\/stores\//,
  /\/src\/cli\//,
  /^packages\/[^/]+\/test\//,
  /^examples\//,
  /^scripts\//,
];

function rankOf(file: string): number {
  const rank = LONG_FIRST.findIndex((pattern) => pattern.test(file));
  return rank < 0 ? LONG_FIRST.length : rank;
}

/** Every test file of the gate, in the order in which to start them. `*.full.test.ts` holds what is too long for it. */
export function gateTests(): string[] {
  const files = find(".test.ts").filter((file) => !file.endsWith(".full.test.ts"));
  return files.sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
}

/** These load their stores to the limit, each with many workers at once, and have deadlines. */
const ALONE = [
  /\/test\/(kills|postgres|rolling|scenarios|stores|store-away|executors|rewind|entities)\//,
  /\/test\/reliability\/(eternal|fan-out|instance-numbers|memory|messages|size)\./,
  /\/simulation\/suspects\./,
];

export interface FullTests {
  /** One file at a time. */
  readonly long: readonly string[];
  /** What the gate has a few cases of, in all of them. */
  readonly wide: readonly string[];
}

/** Long kills, soaks and full matrices: `npm run check:full` only. */
export function fullTests(): FullTests {
  const { long = [], wide = [] } = Object.groupBy(find(".full.test.ts"), (file) =>
    ALONE.some((place) => place.test(file)) ? "long" : "wide",
  );
  return { long, wide };
}

/** The few tests that also run on the oldest supported Node. */
export function smokeTests(): string[] {
  return find(".smoke.test.ts");
}
