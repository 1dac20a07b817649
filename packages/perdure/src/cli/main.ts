#!/usr/bin/env node
// Nothing is imported statically, and nothing here needs a new Node: an older one would end with a SyntaxError before the first line ran.
const nodeModule = await import("node:module");
// Compiled code of earlier runs, kept by Node in the folder for temporary files: a cold start of the packed package on a SQLite file goes
// from about 215 to 175 ms (2 cores, Node 26). Everything else is imported after this line.
nodeModule.enableCompileCache?.();

try {
  await import("../require-node.ts");
  const { runProcess } = await import("./run-process.ts");
  await runProcess();
} catch (error) {
  const { saidError } = await import("./error-text.ts");
  process.stderr.write(saidError(error, process.argv.slice(2)));
  process.exitCode = 2;
}

export {};
