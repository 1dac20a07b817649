#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// Compiled code of earlier runs, kept by Node in the folder for temporary files: a cold start of the packed package on a SQLite file goes
// from about 215 to 175 ms (2 cores, Node 26). Everything else is imported after this line.
enableCompileCache();
const { runCli } = await import("./run.ts");

// A reader that is gone (`perdure list | head`, a log collector that died) ends no command, and no host.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

process.exitCode = await runCli({
  args: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isTerminal: process.stdout.isTTY === true,
  exit: (code) => process.exit(code),
});
