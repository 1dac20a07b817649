// `run-tests.ts CONCURRENCY LIMIT_S FILE…`: as `node --test`, which sorts the files by name; here they start in the order given, small ones in one process.
import { rmSync } from "node:fs";
import { run } from "node:test";
import { sharingOneProcess, writeSharedTest } from "./shared-process.ts";
import report from "./test-reporter.ts";

const [concurrency = "1", limit = "60", ...given] = process.argv.slice(2);
const small = sharingOneProcess(given);
const shared = small.length > 1 ? writeSharedTest(small) : null;
/** Early: it takes as long as the longest of the others. */
const files = shared === null ? given : given.filter((file) => !small.includes(file)).toSpliced(2, 0, shared);
process.on("exit", () => shared !== null && rmSync(shared, { force: true }));
const events = run({ files, concurrency: Number(concurrency), execArgv: process.execArgv });
const open = new Set(files);
events.on("test:summary", ({ success, file }) => {
  if (!success) process.exitCode = 1;
  for (const path of open) if (file?.endsWith(path)) open.delete(path);
});
events.compose(report).pipe(process.stdout);

// Node's own limit is for tests: a process that has run them all and does not end would be waited for for ever.
setTimeout(() => {
  console.error(`\nStill running after ${limit} s. Not reported yet: ${[...open].slice(0, 3).join(", ")}.`);
  console.error("The process of the first of them does not end, or that of the file reported last.");
  process.exit(1);
}, 1_000 * Number(limit)).unref();
