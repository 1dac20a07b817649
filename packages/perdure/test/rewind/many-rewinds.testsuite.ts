import assert from "node:assert/strict";
import { activity } from "../../src/functions/activity.ts";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import { Random } from "../../src/testing/random.ts";
import { Cluster } from "../../src/testing/simulation/cluster.ts";
import type { Mishaps } from "../../src/testing/simulation/mishaps.ts";
import { NO_MISHAPS } from "../../src/testing/simulation/mishaps.ts";
import type { SimClient } from "../../src/testing/simulation/sim-client.ts";
import type { StoreKind } from "../../src/testing/simulation/world.ts";
import { checkWorld, createSimWorld, SIM_SETTINGS } from "../../src/testing/simulation/world.ts";

const WORKERS = 3;

export interface ManyRewinds {
  readonly seed: number;
  readonly store: StoreKind;
  /** Each with a sub-orchestration. */
  readonly orders: number;
}

/**
 * Orders that all fail, since the shop is closed: half of them in a sub-orchestration. Then it opens, and each is rewound, while three workers die. Gives how
 * often they did.
 */
export async function runManyRewinds({ seed, store, orders }: ManyRewinds): Promise<{ readonly kills: number }> {
  const random = new Random(seed);
  const sim = await createSimWorld(store);
  const shop = { isOpen: false, receipts: 0 };
  const kills: { readonly mishaps: Mishaps; count: number; crash: ((node: number) => void) | null } = {
    mishaps: {
      ...NO_MISHAPS,
      boundary: (node) => {
        if (kills.crash === null || !random.chance(0.002)) return;
        kills.count += 1;
        kills.crash(node);
      },
    },
    count: 0,
    crash: null,
  };
  const cluster = new Cluster({
    ...{ world: sim.world, calendar: sim.calendar, store: sim.store, random, settings: SIM_SETTINGS, mishaps: kills.mishaps },
    app: () => new FunctionRegistry(functionsOf(shop)),
  });
  for (let node = 0; node < WORKERS; node += 1) cluster.boot(node);
  const client = cluster.client();
  const ids = Array.from({ length: orders }, (_, at) => `o${at}`);
  const each = async (step: (id: string, at: number) => Promise<void>) => {
    let failure: unknown = null;
    let left = ids.length;
    const failed = (error: unknown) => {
      failure ??= error;
    };
    for (const [at, id] of ids.entries())
      step(id, at)
        .catch(failed)
        .finally(() => {
          left -= 1;
        });
    assert.ok(await sim.world.runUntil(() => left === 0 || failure !== null, 3_600_000), `${left} were left after an hour of virtual time`);
    if (failure !== null) throw failure;
  };
  const reserved = new Map<string, string | null>();
  try {
    await each(async (id, at) => {
      await client.start({ name: "order", instanceId: id, input: { failsInChild: at % 2 === 0 } });
      await client.raise(id, "Go", id);
      const { runtimeStatus, customStatus } = await client.result(id);
      assert.equal(runtimeStatus, "Failed");
      reserved.set(id, customStatus);
    });
    shop.isOpen = true;
    kills.crash = (node) => cluster.crash(node);
    await each((id) => rewound(client, random, id, reserved.get(id) ?? null));
    kills.crash = null;
    await sim.world.advance(15_000);
    assert.deepEqual(await checkWorld(cluster, sim, true), []);
  } finally {
    kills.crash = null;
    cluster.shutDown();
    await sim.dispose();
  }
  return { kills: kills.count };
}

function functionsOf(shop: { isOpen: boolean; receipts: number }) {
  /** Never the same twice: what was recorded before a rewind is known by it. */
  const reserve = activity("reserve", () => {
    shop.receipts += 1;
    return shop.receipts;
  });
  const sell = activity("sell", () => {
    if (!shop.isOpen) throw new Error("the shop is closed");
    return "sold";
  });
  const sale = orchestrator("sale", async (ctx, fails: boolean) => {
    const receipt = await ctx.callActivity(reserve);
    return [receipt, fails ? await ctx.callActivity(sell) : "free"];
  });
  const order = orchestrator("order", async (ctx, { failsInChild }: { failsInChild: boolean }) => {
    const receipt = await ctx.callActivity(reserve);
    const said = await ctx.waitForExternalEvent<string>("Go");
    ctx.setCustomStatus([receipt, said]);
    const [, inChild] = await ctx.callSubOrchestrator(sale, failsInChild);
    return [receipt, said, inChild, await ctx.callActivity(sell)];
  });
  return [reserve, sell, sale, order];
}

async function rewound(client: SimClient, random: Random, id: string, reserved: string | null): Promise<void> {
  await client.world.sleep(random.int(20_000));
  await client.rewind(id);
  const { runtimeStatus, output } = await client.waitFor(id);
  assert.equal(runtimeStatus, "Completed", `${id}: ${output}`);
  const [receipt, said] = JSON.parse(reserved ?? "[]") as readonly unknown[];
  assert.deepEqual([typeof receipt, said], ["number", id]);
  const [sameReceipt, sameSaid, , sold] = JSON.parse(output ?? "[]") as readonly unknown[];
  assert.deepEqual([sameReceipt, sameSaid, sold], [receipt, said, "sold"]);
}
