// `run-tests.ts CONCURRENCY LIMIT_S FILE…`: as `node --test`, which sorts the files by name and gives each a process; here they start in the order given, and many
// share a process.
import { rmSync } from "node:fs";
import { run } from "node:test";
import { sharingProcesses, writeSharedTest } from "./shared-process.ts";
import report from "./test-reporter.ts";

const [concurrency = "1", limit = "60", ...given] = process.argv.slice(2);
const groups = sharingProcesses(given);
/** Six minutes of the gate's thirty: far more than any file takes, also on a machine that is half as fast for an hour. One that hangs is reported by its name, and the others run. */
const fileLimitMs = 200 * Number(limit);
const shared = groups.map((group) => writeSharedTest(group, fileLimitMs));
const sharing = new Set(groups.flatMap((group) => group.files));
/** Shared processes early: they take the longest. */
const files = given.filter((file) => !sharing.has(file)).toSpliced(1, 0, ...shared);
process.on("exit", () => {
  for (const path of shared) rmSync(path, { force: true });
});
/** Most of what a test makes is garbage soon. With the default of 16 MB too much of it is copied first: 2 to 4 % of the processor time. */
const YOUNG_MEMORY = "--max-semi-space-size=64";
const events = run({ files, concurrency: Number(concurrency), execArgv: [...process.execArgv, YOUNG_MEMORY] });
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
