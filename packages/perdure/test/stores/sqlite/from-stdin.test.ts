import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "./fixture.testsuite.ts";

const folder = temporaryFolder();
test.after(() => folder.remove());

test("a program that comes by -e or from standard input opens a file too", () => {
  const store = new URL("../../../src/stores/sqlite/sqlite-store.ts", import.meta.url).href;
  const program = `const { openSqliteStore } = await import(${JSON.stringify(store)});
    const store = await openSqliteStore({ path: ${JSON.stringify(join(folder.path, "hub.db"))} });
    console.log((await store.readWorkers()).workers.length);
    await store.close();`;
  const conditions = ["-C", "perdure-source", "--input-type=module"];
  const ways = [
    { args: [...conditions, "-e", program], input: "" },
    { args: [...conditions, "-"], input: program },
  ];
  for (const { args, input } of ways) {
    const { stdout, stderr } = spawnSync(process.execPath, args, { input, encoding: "utf8" });
    assert.equal(stdout, "0\n", stderr);
  }
});
