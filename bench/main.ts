import { parseOptions, USAGE, UsageError } from "./lib/options.ts";
import { recordOf } from "./lib/record.ts";
import { tableOf, targetsOf } from "./lib/report.ts";
import { runBench } from "./lib/runner.ts";
import { SCENARIOS } from "./scenarios/index.ts";

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    const width = Math.max(...SCENARIOS.map(({ name }) => name.length));
    console.log([USAGE, "", ...SCENARIOS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)].join("\n"));
    return 0;
  }
  const options = parseOptions(args, SCENARIOS);
  const say = (line: string): void => console.error(line);
  const { series, results } = await runBench(options, say);
  const records = series.map((one) => recordOf(options.scenario.name, one, results.ours(one.inFlight), options.scenario.rate));
  if (options.json) {
    for (const record of records) console.log(JSON.stringify(record));
    return 0;
  }
  const delay = options.commitDelayMs > 0 ? `, ${options.commitDelayMs} ms added to every commit of ours` : "";
  console.log(
    `\n${options.scenario.name}: ${options.scenario.summary} (medians of ${options.runs} run${options.runs === 1 ? "" : "s"}${delay})\n`,
  );
  console.log(`${tableOf(records)}\n\n${targetsOf(options.store === "memory" ? [] : options.scenario.targets(results))}`);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
