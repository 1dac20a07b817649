import assert from "node:assert/strict";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Metafile } from "esbuild";
import { buildConsole } from "../build.ts";

const HOME = join(dirname(fileURLToPath(import.meta.url)), "..");
const KB = 1_000;

/** Which folder of the page may import which: `screens` come last, and what is shown around them is the shell. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  design: ["model"],
  api: ["model"],
  state: ["api", "model"],
  widgets: ["model", "design"],
  screens: ["state", "widgets", "model", "design"],
  shell: ["screens", "state", "widgets", "model", "design"],
  src: ["shell"],
};

let page = "";
let made: Metafile;

before(async () => {
  page = mkdtempSync(join(tmpdir(), "perdure-page-"));
  made = await buildConsole(page);
});
after(() => rmSync(page, { recursive: true, force: true }));

const isOurs = (path: string): boolean => path.startsWith("src/");
const textOf = (path: string): string => readFileSync(join(HOME, path), "utf8");
const sources = globSync("src/**/*.{ts,tsx,css}", { cwd: HOME }).map((path) => path.replaceAll("\\", "/"));
const product = sources.filter((path) => !/\.(test|d)\.ts$/.test(path)).sort();
const folderOf = (path: string): string => (path.split("/").length > 2 ? (path.split("/")[1] ?? "") : "src");
/** Types too, which the build leaves out. */
const importsOf = (path: string): readonly string[] =>
  [...textOf(path).matchAll(/^(?:import|export|\} from)[^"\n]*"(\.[^"]+)"|import\("(\.[^"]+)"\)/gm)].map(([, plain, late]) =>
    posix.join(posix.dirname(path), plain ?? late ?? ""),
  );

/** Bytes as they go over the wire, of a file and what it loads at once. */
function weightOf(output: string, seen = new Set<string>()): number {
  if (seen.has(output)) return 0;
  seen.add(output);
  const next = (made.outputs[output]?.imports ?? []).filter(({ kind }) => kind === "import-statement");
  const own = gzipSync(readFileSync(join(HOME, output))).length;
  return next.reduce((sum, { path }) => sum + weightOf(path, seen), own);
}

test("the first load is at most 80 KB of script, packed, and so is each screen with it", () => {
  const outputs = Object.entries(made.outputs).filter(([path]) => path.endsWith(".js"));
  const [first = ""] = outputs.find(([, { entryPoint }]) => entryPoint === "src/main.tsx") ?? [];
  for (const [path, { entryPoint }] of outputs) {
    if (entryPoint === undefined) continue;
    const seen = new Set<string>();
    const bytes = weightOf(first, seen) + weightOf(path, seen);
    assert.ok(bytes <= 80 * KB, `${entryPoint} comes with ${bytes} bytes`);
  }
});

test("the page goes without inline script and style, and names nothing outside of itself", () => {
  const index = readFileSync(join(page, "index.html"), "utf8");
  assert.doesNotMatch(index, /<style|style=|<script(?![^>]* src=)|onload=|https?:/);
  for (const [, address = ""] of index.matchAll(/(?:href|src)="([^"]+)"/g)) assert.match(address, /^\.\//);
  for (const path of product) {
    assert.doesNotMatch(textOf(path), /https?:\/\/(?!www\.w3\.org)/, `${path} names an address`);
    assert.doesNotMatch(textOf(path), /dangerouslySetInnerHTML|innerHTML|\bstyle="/, path);
  }
});

test("the licences of all that is in the page come with it", () => {
  const licences = readFileSync(join(page, "licences.txt"), "utf8");
  for (const name of ["preact", "@preact/signals", "@fontsource-variable/inter"]) assert.match(licences, new RegExp(`^${name} \\d`, "m"));
});

test("every source is part of the page", () => {
  const inputs = new Set(Object.keys(made.inputs).filter(isOurs));
  const reached = new Set([...inputs]);
  for (const path of reached) if (path.endsWith(".ts") || path.endsWith(".tsx")) for (const to of importsOf(path)) reached.add(to);
  assert.deepEqual(
    product.filter((path) => !reached.has(path)),
    [],
  );
});

test("folders of the page import along their arrows, and no file has more than 300 lines", () => {
  const strange = product.flatMap((path) =>
    importsOf(path)
      .filter((to) => isOurs(to) && folderOf(to) !== folderOf(path) && !to.endsWith(".css"))
      // What the wire carries is what all parts speak of; it is types alone.
      .filter((to) => to !== "src/api/wire.ts" && ARROWS[folderOf(path)]?.includes(folderOf(to)) !== true)
      .map((to) => `${path} → ${to}`),
  );
  assert.deepEqual(strange, []);
  const long = product.filter((path) => textOf(path).split("\n").length > 301);
  assert.deepEqual(long, []);
});

test("the page knows its host by types alone", () => {
  const foreign = Object.keys(made.inputs).filter((path) => !isOurs(path) && !path.includes("node_modules/"));
  assert.deepEqual(foreign, []);
  const knowing = product.filter((path) => importsOf(path).some((to) => to.startsWith("../")));
  assert.deepEqual(knowing, ["src/api/wire.ts"]);
});
