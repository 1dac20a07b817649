import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";
import { sectionsOf } from "../api/documented.ts";
import { ROOT } from "../lib/paths.ts";
import { readPages } from "./docs-project.ts";

const anchors = new Map<string, ReadonlySet<string>>();

function anchorsOf(path: string): ReadonlySet<string> {
  const known = anchors.get(path) ?? new Set(sectionsOf(readFileSync(`${ROOT}/${path}`, "utf8")).map(({ anchor }) => anchor));
  anchors.set(path, known);
  return known;
}

test("links of README.md and docs/ lead to files and headings that exist", () => {
  const broken: string[] = [];
  for (const { path, text } of readPages()) {
    const prose = text.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "");
    for (const [, target = ""] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = "", anchor] = target.split("#");
      const found = file === "" ? path : posix.join(posix.dirname(path), file);
      if (!existsSync(`${ROOT}/${found}`)) broken.push(`${path}: ${target} is not a file`);
      else if (anchor !== undefined && found.endsWith(".md") && !anchorsOf(found).has(anchor))
        broken.push(`${path}: ${target} is not a heading`);
    }
  }
  assert.deepEqual(broken, []);
});

test("no page holds the markers of a merge that was not finished", () => {
  const marked = readPages().flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) => (/^(<{7} |={7}$|>{7} )/.test(line) ? [`${path}:${index + 1}: ${line}`] : [])),
  );
  assert.deepEqual(marked, []);
});
