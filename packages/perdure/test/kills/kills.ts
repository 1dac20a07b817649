import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { HistoryEvent } from "perdure";
import { Random } from "../../src/testing/random.ts";
import { Field, SHORT_LEASE } from "../testing/child.ts";
import { childApp, Ledger, ledgerOf } from "../testing/child-app.ts";
import type { Stand } from "../testing/stand.ts";
import { openStand } from "../testing/stand.ts";

export interface KillsOptions {
  readonly kills: number;
  readonly seed: number;
}

export interface KillsReport {
  readonly starts: number;
  readonly events: number;
  readonly terminates: number;
  readonly completions: number;
  /** Runs of activities beyond the first: what a kill between effect and checkpoint costs. */
  readonly repeats: number;
}

const SETTLE_MS = 8_000;
const LIVE_MS = { least: 20, spread: 250 };

/**
 * A host is killed at random moments while another process talks HTTP to it. What was acknowledged must be there at the end, what is recorded
 * must have happened, and every invariant must hold.
 */
export async function runKills({ kills, seed }: KillsOptions): Promise<KillsReport> {
  await using field = new Field();
  const random = new Random(seed);
  const port = await freePort();
  const load = spawnLoad(`http://127.0.0.1:${port}`, field.folder, random.int(1_000_000));
  try {
    for (let n = 0; n < kills; n++) {
      const host = field.host(`host-${n}`, { port });
      await host.ready();
      await sleep(LIVE_MS.least + random.int(LIVE_MS.spread));
      await host.kill();
    }
    const last = field.host("last", { port });
    await last.ready();
    load.kill("SIGTERM");
    await load.ended;
    await using stand = await openStand({
      store: "sqlite thread",
      file: field.file,
      functions: childApp(field.folder, "watch"),
      engine: SHORT_LEASE,
      workers: 0,
    });
    await allDone(stand);
    await stand.check();
    const report = await compare(stand, new Ledger(join(field.folder, "accepted.ledger")).lines(), ledgerOf(field.folder, "runs").lines());
    await last.kill();
    return report;
  } finally {
    load.kill("SIGKILL");
  }
}

async function allDone(stand: Stand): Promise<void> {
  const open = async () => (await stand.store.dump()).instances.filter(({ completedAt }) => completedAt === null);
  await stand
    .until("all work is done", async () => (await open()).length === 0, SETTLE_MS)
    .catch(async () => {
      const left = (await open()).map(({ instanceId, status, parked }) => `${instanceId} ${status} ${parked?.message ?? ""}`);
      assert.fail(`not done ${SETTLE_MS} ms after the last start of the host:\n${left.slice(0, 20).join("\n")}`);
    });
}

async function compare(stand: Stand, accepted: readonly string[], runs: readonly string[]): Promise<KillsReport> {
  const ran = new Set(runs);
  const histories = new Map<string, readonly HistoryEvent[]>();
  const { instances } = await stand.store.dump();
  let completions = 0;
  for (const { instanceId } of instances) {
    const events = await stand.history(instanceId);
    histories.set(instanceId, events);
    for (const event of events) {
      if (event.kind !== "TaskCompleted") continue;
      completions += 1;
      assert.ok(ran.has(`${instanceId}:0:${event.taskId}`), `task ${event.taskId} of ${instanceId} is recorded as completed and never ran`);
    }
  }
  const counts = { start: 0, event: 0, terminate: 0 };
  for (const line of accepted) {
    const [what, id = "", n] = line.split(" ");
    assert.ok(what === "start" || what === "event" || what === "terminate");
    counts[what] += 1;
    const events = histories.get(id);
    assert.ok(events !== undefined, `accepted and lost: ${line}`);
    if (what === "event")
      assert.ok(
        events.some((event) => event.kind === "EventRaised" && event.input === n),
        `accepted and lost: ${line}`,
      );
    if (what === "terminate")
      assert.ok(
        events.some((event) => event.kind === "ExecutionTerminated"),
        `accepted and lost: ${line}`,
      );
  }
  const { start: starts, event: events, terminate: terminates } = counts;
  return { starts, events, terminates, completions, repeats: runs.length - ran.size };
}

function spawnLoad(origin: string, folder: string, seed: number) {
  const script = fileURLToPath(new URL("./load.ts", import.meta.url));
  const child = spawn(process.execPath, ["-C", "perdure-source", script, origin, folder, String(seed)], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit").then(([code]) => assert.equal(code, 0, "the load generator failed"));
  ended.catch(() => {});
  return { ended, kill: (signal: NodeJS.Signals) => child.kill(signal) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  assert.ok(address !== null && typeof address === "object");
  return address.port;
}
