import assert from "node:assert/strict";
import { entity } from "../../../src/functions/entity.ts";
import { orchestrator } from "../../../src/functions/orchestrator.ts";
import { FunctionRegistry } from "../../../src/functions/registry.ts";
import type { ContinuedAsNew } from "../../../src/replay/functions/continued-as-new.ts";
import { Random } from "../../../src/testing/random.ts";
import { Cluster } from "../../../src/testing/simulation/cluster.ts";
import type { Mishaps } from "../../../src/testing/simulation/mishaps.ts";
import { NO_MISHAPS } from "../../../src/testing/simulation/mishaps.ts";
import type { SimClient } from "../../../src/testing/simulation/sim-client.ts";
import type { StoreKind } from "../../../src/testing/simulation/world.ts";
import { checkWorld, createSimWorld, SIM_SETTINGS } from "../../../src/testing/simulation/world.ts";

const ROOMS = ["a", "b", "c", "d", "e", "f", "g", "h"];
const WORKERS = 3;

interface Room {
  /** Who has begun a visit and not ended it. */
  open: string | null;
  /** Whose visit was over before it had ended: another one came. */
  cut: string[];
  balance: number;
}

interface Step {
  readonly who: string;
  readonly amount: number;
  readonly isEnd: boolean;
}

const room = entity("room", {
  initialState: (): Room => ({ open: null, cut: [], balance: 0 }),
  operations: {
    step: ({ state }, { who, amount, isEnd }: Step) => {
      if (state.cut.includes(who)) return; // from one that is gone, and late
      if (state.open !== null && state.open !== who) state.cut.push(state.open);
      state.open = isEnd ? null : who;
      state.balance += amount;
    },
  },
});

/** `passes by`: a call without a lock. */
type Way = "returns" | "throws" | "releases" | "gives up" | "times out" | "passes by";

const WAYS: readonly (readonly [Way, number])[] = [
  ["throws", 0.06],
  ["releases", 0.1],
  ["gives up", 0.15],
  ["times out", 0.2],
  ["passes by", 0.3],
];

/** A section of a user: which rooms, and how it ends. The same in each replay, and known to the test. */
interface Section {
  readonly who: string;
  readonly rooms: readonly string[];
  readonly way: Way;
}

function sectionOf(user: string, at: number): Section {
  const random = new Random([...`${user}:${at}`].reduce((hash, unit) => (hash * 31 + unit.charCodeAt(0)) % 2_147_483_647, 7));
  const rooms = [...new Set(Array.from({ length: random.between(1, 3) }, () => random.pick(ROOMS)))];
  const chance = random.unit();
  const way = WAYS.find(([, below]) => chance < below)?.[0] ?? "returns";
  return { who: `${user}:${at}`, rooms, way };
}

/** What a section adds to each of its rooms: nothing in all. Those that may not come to their end add nothing. */
function amountsOf({ rooms, way }: Section): readonly number[] {
  return rooms.map((_, at) => (way !== "returns" ? 0 : at === 0 ? 1 - rooms.length : 1));
}

interface UserInput {
  readonly user: string;
  readonly at: number;
  readonly until: number;
}

const user = orchestrator("user", async (ctx, { user: name, at, until }: UserInput): Promise<string | ContinuedAsNew> => {
  const section = sectionOf(name, at);
  const ids = section.rooms.map((key) => room.id(key));
  const amounts = amountsOf(section);
  const { way, who } = section;
  const next = () => (at + 1 < until ? ctx.continueAsNew({ user: name, at: at + 1, until }) : name);
  if (way === "passes by") {
    await ctx.all(ids.map((id) => ctx.entity(id).call.step({ who, amount: 0, isEnd: true })));
    return next();
  }
  try {
    const asked = way === "times out" ? ctx.lock(ids, { timeout: `${at % 40}ms` }) : ctx.lock(...ids);
    if (way === "gives up") asked.cancel();
    else {
      using lock = await asked;
      if (way === "releases") lock.release();
      else {
        await ctx.all(lock.entities.map(({ call }, place) => call.step({ who, amount: amounts[place] ?? 0, isEnd: false })));
        if (way === "throws") throw new Error("out of the section");
        if (at % 5 === 0) await ctx.createTimer(`${at % 30}ms`);
        for (const { call } of lock.entities) await call.step({ who, amount: 0, isEnd: true });
      }
    }
  } catch (error) {
    if (way !== "throws" && way !== "times out") throw error;
  }
  return next();
});

/** Ends inside its section: it fails, or is terminated, or replaced by itself. */
const victim = orchestrator("victim", async (ctx, { who, rooms, fails }: { who: string; rooms: readonly string[]; fails: boolean }) => {
  using lock = await ctx.lock(...rooms.map((key) => room.id(key)));
  for (const { call } of lock.entities) await call.step({ who, amount: 0, isEnd: false });
  if (fails) throw new Error("inside");
  await ctx.waitForExternalEvent("never");
});

/** Processes die at boundaries of chance, until it is over. */
interface Kills {
  readonly mishaps: Mishaps;
  cluster: Cluster | null;
  count: number;
  isOver: boolean;
}

function killsOf(random: Random): Kills {
  const boundary = (node: number) => {
    if (kills.isOver || !random.chance(0.002)) return;
    kills.count += 1;
    kills.cluster?.crash(node);
  };
  const kills: Kills = { mishaps: { ...NO_MISHAPS, boundary }, cluster: null, count: 0, isOver: false };
  return kills;
}

export interface ManySections {
  readonly seed: number;
  readonly store: StoreKind;
  readonly users: number;
  /** Of each user. */
  readonly sections: number;
  /** Orchestrations that end inside their section. */
  readonly victims: number;
}

/** Sections over 1 to 3 of 8 entities on three workers that die. Gives how often they did. */
export async function runManySections({ seed, store: kind, users, sections, victims }: ManySections): Promise<{ readonly kills: number }> {
  const random = new Random(seed);
  const sim = await createSimWorld(kind);
  const kills = killsOf(random);
  const cluster = new Cluster({
    ...{ world: sim.world, calendar: sim.calendar, store: sim.store, random, settings: SIM_SETTINGS, mishaps: kills.mishaps },
    app: () => new FunctionRegistry([room, user, victim]),
  });
  kills.cluster = cluster;
  for (let node = 0; node < WORKERS; node += 1) cluster.boot(node);
  const client = cluster.client();
  const names = Array.from({ length: users }, (_, at) => `u${at}`);
  const driven = Promise.all([
    ...names.map((name) => driveUser(client, name, sections)),
    ...Array.from({ length: victims }, (_, at) => driveVictim(client, random, `v${at}`)),
  ]);
  let isDone = false;
  let failure: unknown = null;
  driven.then(
    () => {
      isDone = true;
    },
    (error: unknown) => {
      failure = error;
      isDone = true;
    },
  );
  try {
    assert.ok(await sim.world.runUntil(() => isDone, 3_600_000), "it did not end within an hour of virtual time");
    if (failure !== null) throw failure;
    kills.isOver = true;
    await sim.world.advance(15_000);
    assert.deepEqual(await checkWorld(cluster, sim, true), []);
    checkRooms(client, names, sections);
  } finally {
    kills.isOver = true;
    cluster.shutDown();
    await sim.dispose();
  }
  return { kills: kills.count };
}

async function driveUser(client: SimClient, name: string, sections: number): Promise<void> {
  await client.start({ name: "user", instanceId: name, input: { user: name, at: 0, until: sections } });
  const { runtimeStatus, output } = await client.result(name);
  assert.deepEqual([runtimeStatus, output], ["Completed", JSON.stringify(name)]);
}

async function driveVictim(client: SimClient, random: Random, who: string): Promise<void> {
  await client.world.sleep(random.int(20_000));
  const rooms = [...new Set([random.pick(ROOMS), random.pick(ROOMS), random.pick(ROOMS)])];
  const fails = random.chance(0.3);
  await client.start({ name: "victim", instanceId: who, input: { who, rooms, fails } });
  if (!fails) {
    await client.world.sleep(random.int(300));
    await client.terminate(who, false);
  }
  const { runtimeStatus } = await client.result(who);
  assert.equal(runtimeStatus, fails ? "Failed" : "Terminated");
}

/** Nothing but the end of a holder cut a visit short, and the sums are those of the sections that came to their end. */
function checkRooms(client: SimClient, users: readonly string[], sections: number): void {
  const expected = new Map(ROOMS.map((key) => [key, 0]));
  const mayBeCut = new Set<string>();
  for (const name of users) {
    for (let at = 0; at < sections; at += 1) {
      const section = sectionOf(name, at);
      if (section.way === "throws") mayBeCut.add(section.who);
      for (const [place, amount] of amountsOf(section).entries()) {
        const key = section.rooms[place] ?? "";
        expected.set(key, (expected.get(key) ?? 0) + amount);
      }
    }
  }
  for (const key of ROOMS) {
    const { balance, cut } = JSON.parse(client.stateOf("room", key) ?? '{"balance":0,"cut":[]}') as Room;
    assert.equal(balance, expected.get(key), `balance of ${key}`);
    const interrupted = cut.filter((who) => !who.startsWith("v") && !mayBeCut.has(who));
    assert.deepEqual(interrupted, [], `sections that another interrupted in ${key}`);
  }
}
