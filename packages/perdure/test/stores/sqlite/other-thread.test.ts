// By itself: this process, and not its threads, loads the sources with another revision of the layout, as a program does whose package, or whose bundled
// threads, were replaced by another release.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { applyPlant } from "../../../src/testing/plants/apply-plant.ts";

applyPlant({
  name: "other-layout",
  sentence: "",
  file: "stores/sqlite/write/wire-commit.ts",
  search: "  REVISION,",
  replace: "  1_000 + REVISION,",
  seed: 1,
});
const { temporaryFolder } = await import("./fixture.testsuite.ts");
const { openSqliteStore } = await import("../../../src/stores/sqlite/sqlite-store.ts");

test("a thread whose code is of another release refuses before it opens the file", async () => {
  const folder = temporaryFolder();
  const path = join(folder.path, "hub.db");
  const message = /takes rows of layout \d+, and this process sends layout \d+\. Nothing was written/;
  await assert.rejects(openSqliteStore({ path }), { code: "THREAD_OTHER_RELEASE", message });
  assert.equal(existsSync(path), false);
  folder.remove();
});
