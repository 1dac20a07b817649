import type { TestContext } from "node:test";
import type { PostgresVersion } from "../../src/testing/postgres/binaries.ts";
import { freshDatabase } from "../../src/testing/postgres/databases.ts";
import { openPostgresProxy } from "../../src/testing/postgres/proxy.ts";
import { startPostgres } from "../../src/testing/postgres/server.ts";
import { Random } from "../../src/testing/random.ts";
import type { Load } from "../kills/spawn-load.ts";
import { spawnLoad } from "../kills/spawn-load.ts";
import { Watch } from "../kills/watch.ts";
import { Field } from "../testing/child.ts";
import { Fleet } from "./fleet.ts";
import type { Act, Scene } from "./troubles.ts";

interface Turn {
  readonly act: Act;
  readonly rounds: number;
}

export interface TroubleOptions {
  readonly version: PostgresVersion;
  readonly seed: number;
  /** Before the load comes. */
  readonly calm?: readonly Turn[];
  /** One after the other, under the same load. */
  readonly acts?: readonly Turn[];
  readonly settings?: Readonly<Record<string, string>>;
  /** Of the load; see `spawnLoad`. */
  readonly pauseMs?: number;
}

const WORKERS = 3;
const SETTLE_MS = 20_000;

/** Three workers on one PostgreSQL, a process that loads them and keeps a ledger, and things that go wrong meanwhile. */
export async function runTroubles(
  t: TestContext,
  { version, seed, calm = [], acts = [], settings = {}, pauseMs }: TroubleOptions,
): Promise<void> {
  const random = new Random(seed);
  const server = await startPostgres({ version, settings });
  t.after(() => server.stop());
  const database = await freshDatabase(server);
  const proxy = await openPostgresProxy(server.url);
  t.after(() => proxy.close());
  await using field = new Field(proxy.url(database.url));
  const fleet = await Fleet.open(field, WORKERS);
  await using watch = await Watch.open(field, database.url);
  const scene: Scene = { server, proxy, url: database.url, fleet, watch, random };
  const play = async (turns: readonly Turn[]) => {
    for (const { act, rounds } of turns) {
      t.diagnostic(JSON.stringify(await act(scene, rounds)));
      fleet.checkAlive();
    }
  };
  let load: Load | null = null;
  try {
    await play(calm);
    load = spawnLoad(fleet.ports, field.folder, random.int(1_000_000), pauseMs);
    await watch.until("load is on", () => watch.accepted().length > 0, SETTLE_MS);
    await play(acts);
    load.kill("SIGTERM");
    await load.ended;
    await watch.allDone(SETTLE_MS);
    fleet.checkAlive();
    await fleet.kill();
    await watch.checkAtRest();
    t.diagnostic(JSON.stringify(await watch.compare()));
  } catch (error) {
    t.diagnostic(fleet.complaints());
    throw error;
  } finally {
    load?.kill("SIGKILL");
  }
}
