import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { sourceLines } from "./source-lines.ts";

const root = mkdtempSync(join(tmpdir(), "source-"));
const app = join(root, "app");
mkdirSync(join(app, "src"), { recursive: true });
after(() => rmSync(root, { recursive: true }));
writeFileSync(join(app, "src/a.ts"), Array.from({ length: 10 }, (_, at) => `line ${at + 1}`).join("\r\n"));
writeFileSync(join(app, ".env"), "SECRET=1");
writeFileSync(join(root, "other.ts"), "secret");
symlinkSync(join(root, "other.ts"), join(app, "src/link.ts"));

test("lines around a place", () => {
  const frame = {
    file: "src/a.ts",
    line: 5,
    column: null,
    firstLine: 2,
    lines: ["line 2", "line 3", "line 4", "line 5", "line 6", "line 7"],
  };
  assert.deepEqual(sourceLines(app, "src/a.ts", 5), frame);
  assert.deepEqual(sourceLines(app, join(app, "src/a.ts"), 5), frame);
  assert.deepEqual(sourceLines(app, "src/a.ts", 1)?.lines, ["line 1", "line 2", "line 3"]);
});

test("nothing but code of the app", () => {
  for (const file of [
    "../other.ts",
    "src/../../other.ts",
    join(root, "other.ts"),
    "src/link.ts",
    ".env",
    "src",
    "src/none.ts",
    "",
    "/etc/passwd",
  ])
    assert.equal(sourceLines(app, file, 1), null, file);
  assert.equal(sourceLines(app, "src/a.ts", 11), null);
});
