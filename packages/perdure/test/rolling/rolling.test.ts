import { join } from "node:path";
import { test } from "node:test";
import { Folder } from "../../src/cli/testing/spawn-cli.ts";
import { rollOver } from "./rolling.testsuite.ts";

test("case 20: two workers replaced one after the other on one SQLite file lose nothing, repeat nothing and delay nothing", {
  timeout: 60_000,
}, async (t) => {
  using folder = new Folder();
  await rollOver(t, `file:${join(folder.path, "hub.db")}`, 2);
});
