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
  readonly trouble?: Trouble;
  /** Of the load; see `spawnLoad`. */
  readonly pauseMs?: number;
}

/** What else goes wrong while hosts are killed. */
export interface Trouble {
  /** The store's URL; a file in the field's folder by default. */
  readonly store?: string;
  readonly nodeArgs?: readonly string[];
  /** While a host is at work. */
  readonly meanwhile: (random: Random) => void;
  /** Nothing goes wrong any more. */
  readonly end: () => void;
  /** Looks at what the store holds at the end. */
  readonly check?: (watch: Watch) => Promise<void>;
}

const SETTLE_MS = 8_000;
const LIVE_MS = { least: 20, spread: 250 };
/** On a machine that is busy with other things a host comes up later, and lives longer by as much: it is to have done something when it dies. */
const USUAL_START_MS = 300;
const SLOWEST = 4;
const LONGEST_START_MS = 60_000;
const TROUBLED_START_MS = 15_000;

/**
 * A host is killed at random moments while another process talks HTTP to it. What was acknowledged must be there at the end, what is recorded
 * must have happened, and every invariant must hold.
 */
export async function runKills({ kills, seed, trouble, pauseMs }: KillsOptions): Promise<WorkReport> {
  await using field = new Field(trouble?.store);
  const random = new Random(seed);
  const port = await freePort();
  const load = spawnLoad([port], field.folder, random.int(1_000_000), pauseMs);
  try {
    for (let n = 0; n < kills; n++) {
      const began = performance.now();
      const host = field.host(`host-${n}`, { port }, trouble?.nodeArgs);
      await Promise.race([
        host.ready(),
        sleep(trouble === undefined ? LONGEST_START_MS : TROUBLED_START_MS, undefined, { ref: false }),
      ]).catch((error: unknown) => {
        if (trouble === undefined) throw error; // a host may not come up on a full disk
      });
      const slowness = Math.min(SLOWEST, Math.max(1, (performance.now() - began) / USUAL_START_MS));
      const livesMs = slowness * (LIVE_MS.least + random.int(LIVE_MS.spread));
      await sleep(livesMs / 2);
      trouble?.meanwhile(random);
      await sleep(livesMs / 2);
      await host.kill();
    }
    trouble?.end();
    const last = field.host("last", { port }, trouble?.nodeArgs);
    await last.ready();
    load.kill("SIGTERM");
    await load.ended;
    await using watch = await Watch.open(field);
    await watch.allDone(SETTLE_MS);
    await last.kill();
    await watch.checkAtRest();
    await trouble?.check?.(watch);
    return await watch.compare();
  } finally {
    load.kill("SIGKILL");
  }
}
