import { PACKAGE } from "./lib/paths.ts";
import type { RunResult } from "./lib/run.ts";
import { run } from "./lib/run.ts";
import { mustPass, testPackedPackage } from "./pack.testsuite.ts";

/** npm is a script that starts with `#!/usr/bin/env node`; inside an npm script its path is known. */
function npm(args: readonly string[], cwd: string): Promise<RunResult> {
  const script = process.env.npm_execpath;
  const quiet = [...args, "--no-audit", "--no-fund", "--loglevel=error"];
  return script === undefined ? run("npm", quiet, { cwd }) : run(process.execPath, [script, ...quiet], { cwd });
}

testPackedPackage("the packed package, installed by npm into an empty folder, runs the README's program", async (folder) => {
  // Packs it, as `npm pack` does, and installs what is in the package: one start of npm instead of two.
  const install = ["install", PACKAGE, "--install-links", "--prefer-offline", "--ignore-scripts"];
  mustPass("npm install of the package", await npm(install, folder));
});
