import { test } from "node:test";
import { CliProcess, Folder, PERDURE } from "../testing/spawn-cli.ts";

const app = (more: string) => `
import { orchestrator } from ${JSON.stringify(PERDURE)};
export const flow = orchestrator("flow", async () => 1);
${more}
`;

test("perdure dev: code whose load never ends is given up for the next change", { timeout: 120_000 }, async () => {
  using folder = new Folder();
  folder.write("app.mjs", app(""));
  await using dev = new CliProcess(["dev", ".", "--port", "0", "--store", "memory:"], folder.path);
  await dev.printed(/"event":"dev\.watching"/);
  for (const endless of ["await new Promise(() => setInterval(() => {}, 1_000));", "for (;;);"]) {
    folder.write("app.mjs", app(endless));
    await dev.printed(/"event":"app\.loading-long"[^\n]*The code before it runs on\./);
    folder.write("app.mjs", app(`// after ${endless}`));
    await dev.printed(/"event":"dev\.not-loaded"[^\n]*its load had not ended after 5 s/);
    await dev.printed(/"event":"dev\.loaded"[^\n]*Loaded again in/);
  }
});
