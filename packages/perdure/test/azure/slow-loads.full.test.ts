import { test } from "node:test";
import { CliProcess } from "../../src/cli/testing/spawn-cli.ts";
import { azureFolder } from "./testing/azure-folder.ts";

for (const [what, code, said] of [
  ["computes for ever", "for (;;);", /"event":"app\.loading-long"[^\n]*it computes at [^\n]*b\.mjs:1\)/],
  [
    "awaits what never comes",
    "await new Promise(() => {});",
    /"event":"app\.loading-long"[^\n]*its entry files await something at their top level/,
  ],
] as const) {
  test(`perdure start of an app whose entry file ${what} says so after ten seconds`, async () => {
    using folder = azureFolder({ files: { "src/b.mjs": code }, manifest: { main: "src/*.mjs" } });
    await using host = new CliProcess(["start", ".", "--port", "0", "--store", "memory:"], folder.path);
    await host.printed(said);
  });
}
