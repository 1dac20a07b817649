import { Folder } from "../../src/cli/testing/spawn-cli.ts";
import { deathsCase } from "./deaths.testsuite.ts";

// On PostgreSQL: ../postgres/cases.full.test.ts.
deathsCase("SQLite", async () => {
  const folder = new Folder();
  return { url: `file:${folder.path}/hub.db`, [Symbol.asyncDispose]: async () => folder[Symbol.dispose]() };
});
