// Runs the smoke tests on the oldest Node that Perdure supports.
import { existsSync } from "node:fs";
import { NODE24 } from "./lib/paths.ts";
import { run } from "./lib/run.ts";
import { smokeTests } from "./lib/test-files.ts";

async function main(): Promise<number> {
  if (!existsSync(NODE24)) {
    console.error(`Node 24 is missing (${NODE24}). Run \`npm install\`; if it has run, \`npm rebuild node --ignore-scripts=false\`.`);
    return 1;
  }
  const named = process.argv.slice(2);
  const files = named.length > 0 ? named : smokeTests();
  if (files.length === 0) {
    console.error("There is no *.smoke.test.ts file to run.");
    return 1;
  }
  const version = await run(NODE24, ["--version"]);
  console.log(`Smoke tests on Node ${version.output.trim()}`);
  const reporter = ["--test-reporter=./scripts/lib/test-reporter.ts", "--test-reporter-destination=stdout"];
  const result = await run(NODE24, ["-C", "perdure-source", "--test", ...reporter, ...files], { live: true });
  return result.ok ? 0 : 1;
}

process.exitCode = await main();
