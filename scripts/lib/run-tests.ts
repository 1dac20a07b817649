// `run-tests.ts CONCURRENCY FILE…`: as `node --test`, which sorts the files by name; here they start in the order given.
import { run } from "node:test";
import report from "./test-reporter.ts";

const [concurrency = "1", ...files] = process.argv.slice(2);
const events = run({ files, concurrency: Number(concurrency), execArgv: process.execArgv });
events.on("test:summary", ({ success }) => {
  if (!success) process.exitCode = 1;
});
events.compose(report).pipe(process.stdout);
