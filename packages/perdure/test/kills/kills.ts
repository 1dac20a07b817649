import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../src/testing/postgres/free-port.ts";
import { Random } from "../../src/testing/random.ts";
import { Field } from "../testing/child.ts";
import { spawnLoad } from "./spawn-load.ts";
import type { WorkReport } from "./watch.ts";
import { Watch } from "./watch.ts";

export interface KillsOptions {
  readonly kills: number;
  readonly seed: number;
}

const SETTLE_MS = 8_000;
const LIVE_MS = { least: 20, spread: 250 };
/** On a machine that is busy with other things a host comes up later, and lives longer by as much: it is to have done something when it dies. */
const USUAL_START_MS = 300;
const SLOWEST = 4;

/**
 * A host is killed at random moments while another process talks HTTP to it. What was acknowledged must be there at the end, what is recorded
 * must have happened, and every invariant must hold.
 */
export async function runKills({ kills, seed }: KillsOptions): Promise<WorkReport> {
  await using field = new Field();
  const random = new Random(seed);
  const port = await freePort();
  const load = spawnLoad([port], field.folder, random.int(1_000_000));
  try {
    for (let n = 0; n < kills; n++) {
      const began = performance.now();
      const host = field.host(`host-${n}`, { port });
      await host.ready();
      const slowness = Math.min(SLOWEST, Math.max(1, (performance.now() - began) / USUAL_START_MS));
      await sleep(slowness * (LIVE_MS.least + random.int(LIVE_MS.spread)));
      await host.kill();
    }
    const last = field.host("last", { port });
    await last.ready();
    load.kill("SIGTERM");
    await load.ended;
    await using watch = await Watch.open(field);
    await watch.allDone(SETTLE_MS);
    await last.kill();
    await watch.checkAtRest();
    return await watch.compare();
  } finally {
    load.kill("SIGKILL");
  }
}
