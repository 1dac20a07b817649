import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { installPacked } from "../lib/packed.ts";
import { makeDataDirectory, removeDataDirectory } from "../lib/paths.ts";
import type { Measured } from "../lib/record.ts";
import { measuredOf } from "../lib/record.ts";
import type { ProcessRequest, ProcessScenario, Results, Target } from "../lib/scenario.ts";
import { atMost } from "../lib/scenario.ts";
import { latenciesOf, median } from "../lib/stats.ts";
import { CITIES, expectedOutput, verify } from "../lib/system.ts";

const ROUNDS = 7;

export const firstResult: ProcessScenario = {
  kind: "process",
  name: "first-result",
  summary: `a program's process start to its first result, beside \`node -e 0\` (${ROUNDS} rounds of each a run)`,
  stores: ["sqlite", "memory"],
  levels: [1],
  levelMeans: null,
  defaultRuns: 5,
  durationMeans: null,
  canDelayCommits: false,
  rate: "orchestrationsPerSecond",
  noPeers: "what is measured is the start of our own program",
  measure,
  targets,
};

type Environment = Readonly<Record<string, string>>;

/** JavaScript, so that the time which Node takes to strip types is not in it where it is not ours. */
const PROGRAM = `import { activity, orchestrator, TaskHub } from "perdure";

const sayHello = activity("sayHello", ({ city, n }) => \`Hello \${city} \${n}!\`);
const hello = orchestrator("hello", async (ctx, n) => {
  const greetings = [];
  for (const city of ${JSON.stringify(CITIES)}) greetings.push(await ctx.callActivity(sayHello, { city, n }));
  return greetings;
});

const hub = await TaskHub.open(process.argv[2], { functions: [hello, sayHello] });
await hub.start();
const run = await hub.client.startNew(hello, { input: 7 });
process.stdout.write(JSON.stringify(await run.result()));
await hub.close();
`;

async function measure(request: ProcessRequest): Promise<Measured> {
  const installed = await installPacked(request.say);
  const inside = makeDataDirectory();
  try {
    const packed = join(installed.directory, "program.mjs");
    writeFileSync(packed, PROGRAM);
    const beside = join(inside, "program.mjs");
    writeFileSync(beside, PROGRAM);
    const cache = { NODE_COMPILE_CACHE: join(inside, "compiled") };
    const bare: number[] = [];
    const fromPackage: number[] = [];
    const compiled: number[] = [];
    const fromSources: number[] = [];
    // The first round fills the cache.
    for (let round = 0; round <= ROUNDS; round++) {
      const bareMs = (await run(["-e", "0"], {}, false)).milliseconds;
      const packageMs = await toResult([packed, await request.freshStore()], {});
      const compiledMs = await toResult([packed, await request.freshStore()], cache);
      const sourcesMs = await toResult(["-C", "perdure-source", beside, await request.freshStore()], cache);
      if (round === 0) continue;
      bare.push(bareMs);
      fromPackage.push(packageMs);
      compiled.push(compiledMs);
      fromSources.push(sourcesMs);
    }
    const over = (times: readonly number[]): number => median(times) - median(bare);
    const extra = { packageOverBareMs: over(fromPackage), compiledOverBareMs: over(compiled), sourcesOverBareMs: over(fromSources) };
    return measuredOf({}, latenciesOf(fromPackage), extra);
  } finally {
    rmSync(installed.directory, { recursive: true, force: true });
    removeDataDirectory(inside);
  }
}

async function toResult(args: readonly string[], env: Environment): Promise<number> {
  const { milliseconds, printed } = await run(args, env, true);
  verify("hello", 7, JSON.parse(printed), expectedOutput("hello", 7));
  return milliseconds;
}

/** From before the process is made: to its first output, or to its end where it has none. */
async function run(
  args: readonly string[],
  env: Environment,
  prints: boolean,
): Promise<{ readonly milliseconds: number; readonly printed: string }> {
  const began = performance.now();
  const child = spawn(process.execPath, [...args], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => resolve());
  });
  let printedAt: number | null = null;
  child.stdout.once("data", () => {
    printedAt = performance.now();
  });
  const [printed] = await Promise.all([text(child.stdout), ended]);
  if (prints && printedAt === null) throw new Error(`the program gave no result: ${args.join(" ")}`);
  return { milliseconds: (printedAt ?? performance.now()) - began, printed };
}

function targets(results: Results): readonly Target[] {
  const extra = results.ours(1)?.median.extra;
  return [
    ...atMost("first result of the built package, over `node -e 0`", extra?.packageOverBareMs ?? null, 120, "ms"),
    ...atMost("the same with NODE_COMPILE_CACHE, over `node -e 0`", extra?.compiledOverBareMs ?? null, 120, "ms"),
    ...atMost("first result from the sources with it, over `node -e 0`", extra?.sourcesOverBareMs ?? null, 120, "ms"),
  ];
}
