import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { freePort } from "../../packages/perdure/src/testing/postgres/free-port.ts";
import type { InstalledPackage } from "../lib/packed.ts";
import { installPacked } from "../lib/packed.ts";
import type { Measured } from "../lib/record.ts";
import { measuredOf } from "../lib/record.ts";
import type { ProcessRequest, ProcessScenario, Results, Target } from "../lib/scenario.ts";
import { atMost } from "../lib/scenario.ts";
import { latenciesOf } from "../lib/stats.ts";
import { CITIES, expectedOutput, verify } from "../lib/system.ts";

const STARTS = 5;
const GIVE_UP_MS = 30_000;
const agent = new Agent({ keepAlive: true });

export const coldStart: ProcessScenario = {
  kind: "process",
  name: "cold-start",
  summary: `from the packed package, process start to first result over HTTP (${STARTS} starts a run, a new file each)`,
  stores: ["sqlite"],
  levels: [1],
  levelMeans: null,
  defaultRuns: 3,
  durationMeans: null,
  canDelayCommits: false,
  rate: "orchestrationsPerSecond",
  noPeers: "they have no host of their own that answers over HTTP",
  measure,
  targets,
};

const APP = `import { activity, orchestrator } from "perdure";

export const sayHello = activity("sayHello", (input: { city: string; n: number }) => \`Hello \${input.city} \${input.n}!\`);

export const hello = orchestrator("hello", async (ctx, n: number) => {
  const greetings: string[] = [];
  for (const city of ${JSON.stringify(CITIES)}) greetings.push(await ctx.callActivity(sayHello, { city, n }));
  return greetings;
});
`;

async function measure(request: ProcessRequest): Promise<Measured> {
  const installed = await installPacked(request.say);
  try {
    writeFileSync(join(installed.directory, "app.ts"), APP);
    const milliseconds: number[] = [];
    for (let index = 0; index < STARTS; index++) milliseconds.push(await startOnce(installed, request, index));
    return measuredOf({}, latenciesOf(milliseconds));
  } finally {
    rmSync(installed.directory, { recursive: true, force: true });
  }
}

async function startOnce(installed: InstalledPackage, request: ProcessRequest, index: number): Promise<number> {
  const port = await freePort();
  const store = await request.freshStore();
  const printed: Buffer[] = [];
  const began = performance.now();
  const host = spawn(process.execPath, [installed.cli, "start", "app.ts", "--port", String(port), "--store", store], {
    cwd: installed.directory,
    stdio: ["ignore", "pipe", "pipe"],
  });
  host.stdout.on("data", (chunk: Buffer) => printed.push(chunk));
  host.stderr.on("data", (chunk: Buffer) => printed.push(chunk));
  try {
    const output = await firstResult(host, port, index, began + GIVE_UP_MS);
    const milliseconds = performance.now() - began;
    verify("hello", index, output, expectedOutput("hello", index));
    return milliseconds;
  } catch (error) {
    throw new Error(`the host gave no result; it printed:\n${Buffer.concat(printed).toString("utf8")}`, { cause: error });
  } finally {
    await stop(host);
  }
}

/** Knocks until the host opens, starts one orchestration, and asks for its status until it is done, with a pause of a millisecond in between. */
async function firstResult(host: ChildProcess, port: number, input: number, until: number): Promise<unknown> {
  const start = `http://127.0.0.1:${port}/runtime/webhooks/durabletask/orchestrators/hello`;
  const pause = async (): Promise<void> => {
    if (host.exitCode !== null) throw new Error(`the host ended with exit code ${host.exitCode}`);
    if (performance.now() > until) throw new Error(`nothing after ${GIVE_UP_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  };
  let started = await call(start, "POST", String(input));
  for (; started === null; started = await call(start, "POST", String(input))) await pause();
  const { statusQueryGetUri } = started.body as { readonly statusQueryGetUri?: string };
  if (started.status !== 202 || statusQueryGetUri === undefined)
    throw new Error(`start: ${started.status} ${JSON.stringify(started.body)}`);
  for (;;) {
    const answer = await call(statusQueryGetUri, "GET");
    if (answer === null) throw new Error("the host does not listen any more");
    const { runtimeStatus, output } = answer.body as { readonly runtimeStatus: string; readonly output: unknown };
    if (runtimeStatus === "Completed") return output;
    if (runtimeStatus === "Failed") throw new Error(`the orchestration failed: ${JSON.stringify(output)}`);
    await pause();
  }
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Null while nothing listens. Plain `http`, not `fetch`, whose refused connections kept one of the two cores busy that the host starts on. */
function call(url: string, method: "GET" | "POST", body?: string): Promise<Answer | null> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent }, (response) => {
      text(response).then((received) => resolve({ status: response.statusCode ?? 0, body: JSON.parse(received) }), reject);
    });
    sent.on("error", (error: NodeJS.ErrnoException) => (error.code === "ECONNREFUSED" ? resolve(null) : reject(error)));
    sent.end(body);
  });
}

async function stop(host: ChildProcess): Promise<void> {
  if (host.exitCode !== null || host.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => host.once("exit", () => resolve()));
  host.kill("SIGTERM");
  const timer = setTimeout(() => host.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(timer);
}

function targets(results: Results): readonly Target[] {
  return atMost("process start to first result (p50)", results.ours(1)?.median.p50Ms ?? null, 250, "ms");
}
