import assert from "node:assert/strict";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { TaskHub } from "perdure";
import { runCommand } from "../../src/cli/testing/run-command.ts";
import { CliProcess } from "../../src/cli/testing/spawn-cli.ts";
import type { HistoryEvent } from "../../src/model/history.ts";
import { until } from "../../src/process/testing/until.ts";
import type { StoreDump } from "../../src/store/contract.ts";
import { openStore } from "../../src/task-hub/open-store.ts";
import { Random } from "../../src/testing/random.ts";
import { localServer } from "../testing/http-server.ts";
import { calmOutputs, shapeFor } from "./programs.testsuite.ts";
import { AzureHost } from "./testing/azure-host.ts";
import { programFolder } from "./testing/program-folder.ts";
import { ProgramLoad } from "./testing/program-load.ts";
import type { Release } from "./testing/releases.ts";

export interface KillsOptions {
  readonly release: Release;
  readonly kills: number;
  readonly callers: number;
  readonly seed: number;
  /** Null: a file, of which one process is host and worker. Else three worker processes of one host, of which one is killed. */
  readonly database: string | null;
}

const WORKERS = 3;
/** Of the longest program, and of a restart. */
const END_MS = 90_000;
/** Between two kills, ms. */
const LIVES = { least: 150, spread: 1_200 };
/** Kills, behind which what was begun is waited for: an instance whose processes die six times before it comes to anything is stopped. */
const SETTLED_AFTER = 3;

/**
 * Processes of an Azure app are killed at random moments, while callers start random programs of all constructs. What was accepted ends as it does where
 * nothing goes wrong, nothing is recorded twice, all invariants hold, and the app repeats each history.
 */
export async function runKills(t: TestContext, { release, kills, callers, seed, database }: KillsOptions): Promise<void> {
  using folder = programFolder(release);
  const store = database ?? `file:${join(folder.path, "hub.db")}`;
  await using work = await localServer(({ url = "" }, response) => {
    const left = Number(url.slice(1));
    if (left > 0) response.writeHead(202, { "retry-after": "1", location: `${work.origin}/${left - 1}` });
    response.end(`http://work.test${url}`);
  });
  const environment = { WORK_ORIGIN: work.origin };
  const start = () => {
    const args = ["--store", store, ...(database === null ? [] : ["--workers", String(WORKERS)])];
    return AzureHost.start(".", folder.path, args, environment);
  };
  let host = await start();
  const random = new Random(seed);
  try {
    await using hub = await TaskHub.open(store, { log: false });
    const load = new ProgramLoad({ seed, callers, shape: shapeFor(release), url: () => host.url, client: hub.client });
    for (let n = 0; n < kills; n++) {
      await sleep(LIVES.least + random.int(LIVES.spread));
      if (database !== null) await killWorker(host, random);
      else {
        await host[Symbol.asyncDispose]();
        host = await start();
      }
      if (n % SETTLED_AFTER === SETTLED_AFTER - 1) await outputsOf(hub, load);
    }
    await load.stop();
    const outputs = await outputsOf(hub, load);
    assert.equal(await host.stopped(), 0, host.output);
    const calm = await calmOutputs(release, [...load.accepted.values()]);
    for (const [at, [id, program]] of [...load.accepted].entries()) {
      assert.deepEqual(outputs[at], calm[at], `${id}, seed ${seed}: ${JSON.stringify(program)}`);
    }
    if (database !== null) assert.equal(load.refused, 0, "the host that serves HTTP was not killed");
    const completions = await checkStore(store, folder.path, environment);
    t.diagnostic(JSON.stringify({ kills, instances: load.accepted.size, completions, refused: load.refused }));
    assert.ok(load.accepted.size >= callers && completions > 0);
  } finally {
    await host[Symbol.asyncDispose]();
  }
}

/** One of those that work, with what it does; another process takes its place. */
async function killWorker(host: AzureHost, random: Random): Promise<void> {
  const ready = host.workers();
  const { pid } = random.pick(Array.from({ length: WORKERS }, (_, n) => ready.findLast(({ number }) => number === n + 1) ?? assert.fail()));
  process.kill(pid, "SIGKILL");
  await until("a worker in its place", () => host.workers().length > ready.length, END_MS);
}

async function outputsOf({ client }: TaskHub, { accepted }: ProgramLoad): Promise<readonly unknown[]> {
  const outputs: unknown[] = [];
  for (const id of [...accepted.keys()]) {
    const { output, stopped } = await client.waitForCompletion(id, { timeout: { milliseconds: END_MS } });
    assert.equal(stopped ?? null, null, id);
    outputs.push(output);
  }
  return outputs;
}

/** All work is done, and nothing works on it. How many completions it has recorded. */
async function checkStore(store: string, folder: string, environment: NodeJS.ProcessEnv): Promise<number> {
  const verified = await runCommand(["verify", store]);
  assert.equal(verified.code, 0, verified.out + verified.err);
  await using repeats = new CliProcess(["replay-check", ".", "--from", store, "--status", "all"], folder, environment);
  assert.equal(await repeats.exited, 0, repeats.output);
  const opened = await openStore(store);
  try {
    return completionsOf(await opened.dump());
  } finally {
    await opened.close();
  }
}

/** Each is recorded once, and for a call that was made. */
function completionsOf({ instances, history }: StoreDump): number {
  const seen = new Set<string>();
  const made = new Set<string>();
  for (const { no, generation, events } of history.toSorted((a, b) => a.firstSeq - b.firstSeq)) {
    for (const event of JSON.parse(events) as readonly HistoryEvent[]) {
      if ("id" in event) made.add(`${no}:${generation}:${event.id}`);
      const of = "taskId" in event ? event.taskId : event.kind === "TimerFired" ? event.timerId : null;
      if (of === null) continue;
      const key = `${no}:${generation}:${of}`;
      const { instanceId } = instances.find((row) => row.no === no) ?? {};
      assert.ok(!seen.has(key), `${event.kind} of ${of} of ${instanceId} is recorded twice`);
      assert.ok(made.has(key), `${event.kind} of ${of} of ${instanceId} is recorded of no call`);
      seen.add(key);
    }
  }
  return seen.size;
}
