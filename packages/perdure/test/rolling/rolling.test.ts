import { join } from "node:path";
import { test } from "node:test";
import { Folder } from "../../src/cli/testing/spawn-cli.ts";
import { rollOver } from "./rolling.testsuite.ts";

// Twenty of them, and PostgreSQL: rolling.full.test.ts.
test("case 20: a worker that is replaced beside another on one SQLite file loses nothing, repeats nothing and delays nothing", {
  timeout: 60_000,
}, async (t) => {
  using folder = new Folder();
  await rollOver(t, `file:${join(folder.path, "hub.db")}`, { replacements: 1, callers: 2 });
});
