import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { WorkerId } from "../../src/model/ids.ts";
import { withClient } from "../../src/testing/postgres/databases.ts";
import type { PostgresProxy } from "../../src/testing/postgres/proxy.ts";
import type { PostgresServer } from "../../src/testing/postgres/server.ts";
import type { Random } from "../../src/testing/random.ts";
import type { Watch } from "../kills/watch.ts";
import type { HostProcess } from "../testing/child.ts";
import type { Fleet } from "./fleet.ts";
import { LEASE_MS } from "./fleet.ts";

export interface Scene {
  readonly server: PostgresServer;
  /** Every connection of the hosts goes by it. */
  readonly proxy: PostgresProxy;
  /** Past the proxy. */
  readonly url: string;
  readonly fleet: Fleet;
  readonly watch: Watch;
  readonly random: Random;
}

/** Something that happens, so many times, while load is on; it says what it did. */
export type Act = (scene: Scene, rounds: number) => Promise<Readonly<Record<string, number>>>;

const RETURN_LIMIT_MS = 10_000;

const pause = (random: Random, least: number, spread: number) => sleep(least + random.int(spread));

/** SIGKILL of one process after the other, at random moments. */
export const kills: Act = async ({ fleet, random }, rounds) => {
  for (let n = 0; n < rounds; n++) {
    await fleet.replaceOne(random);
    await pause(random, 20, 250);
  }
  return { killed: rounds };
};

/** SIGSTOP until others have declared it dead, then SIGCONT: whatever it still wants to write must be refused. */
export const freezes: Act = async (scene, rounds) => {
  for (let n = 0; n < rounds; n++) await freezeOne(scene, scene.fleet.any(scene.random));
  return { frozen: rounds };
};

async function freezeOne({ watch, url }: Scene, host: HostProcess): Promise<void> {
  const worker = await freezeAtWork(watch, host);
  const isAlive = async () => (await watch.store.readWorkers()).workers.some((row) => row.worker === worker && row.fence !== null);
  await watch.until("others declare it dead", async () => !(await isAlive()), 5 * LEASE_MS);
  const before = await lastBatch(url, worker);
  const said = host.count("worker.lost");
  host.thaw();
  await watch.until("the thawed worker learns that it is dead", () => host.count("worker.lost") > said, 5 * LEASE_MS);
  await watch.until("and joins as a new one", async () => (await liveWorkerOf(watch, host)) !== null, 5 * LEASE_MS);
  assert.ok((await lastBatch(url, worker)) <= before, "a batch of a dead worker was committed");
  const { instances, tasks } = await watch.store.dump();
  assert.deepEqual(
    instances.filter(({ owner }) => owner === worker),
    [],
    "a dead worker has taken something",
  );
  assert.deepEqual(
    tasks.filter((task) => task.worker === worker),
    [],
  );
}

/** A worker that owns nothing has nothing to write late. */
async function freezeAtWork(watch: Watch, host: HostProcess): Promise<WorkerId> {
  for (let attempt = 0; attempt < 50; attempt++) {
    host.freeze();
    const worker = await liveWorkerOf(watch, host);
    if (worker !== null && (await watch.store.readOwned(worker)).length > 0) return worker;
    host.thaw();
    await sleep(20);
  }
  return assert.fail("it never owned anything");
}

async function liveWorkerOf(watch: Watch, host: HostProcess): Promise<WorkerId | null> {
  const { workers } = await watch.store.readWorkers();
  const own = workers.find((row) => row.fence !== null && new RegExp(`\\b${host.pid}\\b`).test(row.host));
  return own?.worker ?? null;
}

/** The number of the last group commit of that worker that took place; 0 when its markers are gone. */
function lastBatch(url: string, worker: WorkerId): Promise<number> {
  const query = "SELECT coalesce(max(n), 0)::int AS n FROM perdure.batches WHERE worker = $1";
  return withClient(url, async (client) => (await client.query<{ readonly n: number }>(query, [worker])).rows[0]?.n ?? 0);
}

/** The server goes away for a moment, in every way it can. No client has to be told that it is back. */
export const restarts: Act = async ({ server, watch, random }, rounds) => {
  let slowest = 0;
  for (let n = 0; n < rounds; n++) {
    for (const how of ["fast", "immediate", "kill"] as const) {
      await server.halt(how);
      await pause(random, 50, 400);
      await server.resume();
      const back = performance.now();
      const before = watch.accepted().length;
      await watch.until("requests are accepted again", () => watch.accepted().length > before, RETURN_LIMIT_MS);
      slowest = Math.max(slowest, Math.round(performance.now() - back));
      await pause(random, 300, 400);
    }
  }
  return { restarts: 3 * rounds, slowestReturnMs: slowest };
};

const VICTIMS = `
  SELECT state, query, pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
  ORDER BY (state = 'active') DESC, random() LIMIT 1`;

/** Connections are terminated by an administrator, those in the middle of something first. */
export const terminations: Act = async ({ url, random }, rounds) => {
  let active = 0;
  await withClient(url, async (client) => {
    for (let n = 0; n < rounds; n++) {
      const { rows } = await client.query<{ readonly state: string }>(VICTIMS);
      if (rows[0]?.state === "active") active += 1;
      await pause(random, 5, 40);
    }
  });
  return { terminated: rounds, active };
};

/** Answers of the server are lost together with their connections: the commit took place, or not, and its worker has to find out. */
export const lostAnswers: Act = async ({ proxy, watch, random }, rounds) => {
  for (let n = 0; n < rounds; n++) {
    proxy.answersToCut = 1 + random.int(3);
    await watch.until("answers are lost", () => proxy.answersToCut === 0, 10_000); // connections come back after pauses that grow
    await pause(random, 10, 60);
  }
  return { rounds };
};
