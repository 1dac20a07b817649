import { MAX_CRASHES } from "../../engine/crashes/suspicion.ts";
import { activity } from "../../functions/activity.ts";
import { orchestrator } from "../../functions/orchestrator.ts";
import { FunctionRegistry } from "../../functions/registry.ts";
import { instanceId } from "../../model/ids.ts";
import { Random } from "../random.ts";
import { spec } from "../store-conformance/hub.ts";
import type { SimApp } from "./app.ts";
import { Cluster } from "./cluster.ts";
import type { Mishaps } from "./mishaps.ts";
import { NO_MISHAPS } from "./mishaps.ts";
import type { SeedResult } from "./random-run.ts";
import type { SimWorld, StoreKind } from "./world.ts";
import { checkWorld, createSimWorld, SIM_SETTINGS } from "./world.ts";

/** How an instance ends its process, each time that it runs: by its own code, or by an activity, which may have a row by then. */
const POISON_KINDS = ["kills", "killsByActivity", "killsLate", "killsBeside"] as const;
type PoisonKind = (typeof POISON_KINDS)[number];

/** The functions that kill do so until they are fixed. */
const app: SimApp = (env) => {
  const work = activity("work", async (ms: number) => {
    await env.sleep(ms);
    return "worked";
  });
  const kill = activity("kill", async (ms: number, { instanceId: id }) => {
    await env.sleep(ms);
    env.note(`${id} kills`);
    return env.crash() ? env.sleep(3_600_000) : undefined;
  });
  const bystander = orchestrator("bystander", async (ctx, ms: number) => {
    await ctx.callActivity(work, ms);
    return ctx.callActivity(work, ms / 4);
  });
  const kills = orchestrator("kills", (ctx) => {
    env.note(`${ctx.instanceId} kills`);
    env.crash();
    return "survived";
  });
  const killsAfter = (name: PoisonKind, ms: number) => orchestrator(name, (ctx) => ctx.callActivity(kill, ms).then(() => "survived"));
  const killsBeside = orchestrator("killsBeside", async (ctx) => {
    await Promise.all([ctx.callActivity(work, 400), ctx.callActivity(kill, 60), ctx.callActivity(work, 20)]);
    return "survived";
  });
  return new FunctionRegistry([
    work,
    kill,
    bystander,
    kills,
    killsAfter("killsByActivity", 50),
    killsAfter("killsLate", 1_700),
    killsBeside,
  ]);
};

export interface RecoveryOptions {
  readonly store: StoreKind;
  /** By default from the seed. */
  readonly bystanders?: number;
  readonly poison?: readonly PoisonKind[];
  readonly nodes?: number;
  /** A machine may be recycled meanwhile; default true. */
  readonly recycled?: boolean;
}

export interface RecoveryResult extends SeedResult {
  /** Deaths of processes until the crashing ones were stopped, and the virtual time until all others had ended. */
  readonly deaths: number;
  readonly tookMs: number;
}

const LIMIT_MS = 600_000;
const QUIET_MS = 12_000;

/**
 * One or two instances that end their process whenever they run, among bystanders that are all running when it happens; perhaps a machine is recycled
 * meanwhile. Whatever the order of things, no bystander is stopped, each crashing one after {@link MAX_CRASHES} deaths at most, and the stop holds
 * until it is resumed or other code comes, which costs one death each.
 */
export async function runRecovery(seed: number, options: RecoveryOptions): Promise<RecoveryResult> {
  const run = await Recovery.begin(seed, options);
  try {
    await run.untilStopped();
    if (run.problems.length === 0) await run.sameCode();
    if (run.problems.length === 0) await run.byHand();
    if (run.problems.length === 0) await run.otherCode();
    if (run.problems.length === 0) await run.fixed();
  } catch (error) {
    run.problems.push(error instanceof Error ? error.message : String(error));
  }
  return run.end();
}

class Recovery {
  readonly problems: string[] = [];
  readonly #seed: number;
  readonly #random: Random;
  readonly #sim: SimWorld;
  readonly #cluster: Cluster;
  readonly #nodes: number;
  readonly #bystanders: number;
  readonly #poison: readonly PoisonKind[];
  readonly #versions: string[];
  #deaths = 0;
  #deathsToStop = 0;
  #tookMs = 0;
  #isMended = false;

  private constructor(seed: number, sim: SimWorld, options: RecoveryOptions) {
    const random = new Random(seed);
    this.#seed = seed;
    this.#random = random;
    this.#sim = sim;
    this.#nodes = options.nodes ?? random.between(1, 3);
    this.#bystanders = options.bystanders ?? random.between(5, 90);
    this.#poison = options.poison ?? Array.from({ length: random.between(1, 2) }, () => random.pick(POISON_KINDS));
    this.#versions = Array.from({ length: this.#nodes }, () => "v1");
    const { world, calendar, store } = sim;
    const mishaps: Mishaps = {
      ...NO_MISHAPS,
      mayMisbehave: () => !this.#isMended,
      poisoned: () => {
        this.#deaths += 1;
      },
    };
    const codeVersion = (node: number) => this.#versions[node] ?? "v1";
    this.#cluster = new Cluster({ world, calendar, store, random, app, settings: SIM_SETTINGS, mishaps, codeVersion });
  }

  static async begin(seed: number, options: RecoveryOptions): Promise<Recovery> {
    const run = new Recovery(seed, await createSimWorld(options.store), options);
    await run.#start(options.recycled ?? true);
    return run;
  }

  async #start(mayRecycle: boolean): Promise<void> {
    const { store, world } = this.#sim;
    const start = (id: string, name: string, input: number) =>
      store.start({ start: spec(id, { name, input: String(input) as never }), onExisting: "error" });
    const first = this.#random.int(this.#bystanders + 1);
    for (let n = 0; n < this.#bystanders; n++) {
      if (n === first) await start("poison-0", this.#poison[0] ?? "kills", 0);
      await start(`bystander-${n}`, "bystander", this.#random.between(200, 400));
    }
    if (first === this.#bystanders) await start("poison-0", this.#poison[0] ?? "kills", 0);
    for (const [index, name] of this.#poison.entries()) {
      if (index > 0) world.after(this.#random.int(20_000), () => void start(`poison-${index}`, name, 0));
    }
    for (let node = 0; node < this.#nodes; node++) this.#cluster.boot(node);
    // A machine is recycled: no evidence against any instance.
    if (mayRecycle && this.#random.chance(0.5))
      world.after(this.#random.int(30_000), () => this.#cluster.crash(this.#random.int(this.#nodes)));
  }

  async untilStopped(): Promise<void> {
    const { world } = this.#sim;
    const before = world.monotonicMs();
    const isOver = await this.#until((rows) => rows.length === this.#bystanders + this.#poison.length && rows.every(atRest));
    this.#tookMs = world.monotonicMs() - before;
    this.#deathsToStop = this.#deaths;
    if (!isOver) this.problems.push(`liveness: after ${LIMIT_MS} ms and ${this.#deaths} deaths not all have ended or were stopped`);
    for (const { instanceId: id, stopped, status } of (await this.#sim.store.dump()).instances) {
      if (id.startsWith("bystander") && status !== "Completed")
        this.problems.push(`bystander: "${id}" is ${status}, stopped for ${stopped?.code}`);
      if (id.startsWith("poison") && stopped?.code.endsWith("_POISON") !== true)
        this.problems.push(`poison: "${id}" is ${status}, stopped for ${stopped?.code ?? "nothing"}`);
      if (this.#kills(id) > MAX_CRASHES) this.problems.push(`poison: "${id}" was stopped after ${this.#kills(id)} deaths`);
    }
  }

  /** Processes come and go: that sets nothing going. */
  async sameCode(): Promise<void> {
    await this.#expectDeaths("by workers with the same code", 0, async () => {
      for (let node = 0; node < this.#nodes; node++) this.#cluster.crash(node);
      await this.#sim.world.advance(4_000);
      for (let node = 0; node < this.#nodes; node++) this.#cluster.stopGracefully(node);
    });
  }

  /** A resume is one try. */
  async byHand(): Promise<void> {
    const message = () => ({ kind: "resume", ts: this.#sim.calendar.now(), reason: null }) as const;
    await this.#expectDeaths("by a resume", 1, async () => {
      for (const index of this.#poison.keys()) {
        await this.#sim.store.deliver({ instanceId: instanceId(`poison-${index}`), message: message() });
        await this.#sim.world.advance(QUIET_MS);
      }
    });
  }

  /** One process gets other code, which kills as well; the others keep theirs, and come and go. */
  async otherCode(): Promise<void> {
    await this.#expectDeaths("by other code", 1, async () => {
      this.#versions[0] = "v2";
      this.#cluster.crash(0);
      await this.#sim.world.advance(QUIET_MS);
      for (let node = 0; node < this.#nodes; node++) this.#cluster.crash(node);
      await this.#sim.world.advance(QUIET_MS);
      this.#versions.fill("v2");
      for (let node = 0; node < this.#nodes; node++) this.#cluster.crash(node);
    });
  }

  async fixed(): Promise<void> {
    this.#isMended = true;
    this.#versions.fill("v3");
    for (let node = 0; node < this.#nodes; node++) this.#cluster.crash(node);
    const isOver = await this.#until((rows) => rows.every(({ completedAt }) => completedAt !== null));
    if (!isOver) this.problems.push("fixed: not all have ended with code that kills no more");
  }

  async end(): Promise<RecoveryResult> {
    if (this.problems.length === 0) await this.#sim.world.advance(QUIET_MS);
    this.problems.push(...(await checkWorld(this.#cluster, this.#sim, this.problems.length === 0)));
    this.#cluster.shutDown();
    await this.#sim.dispose();
    return {
      seed: this.#seed,
      problems: this.problems,
      counts: true,
      instances: this.#bystanders + this.#poison.length,
      workers: this.#nodes,
      faults: new Map([["poison", this.#deaths]]),
      features: new Set(),
      replayed: this.#cluster.replay.checked,
      deaths: this.#deathsToStop,
      tookMs: this.#tookMs,
    };
  }

  #kills(id: string): number {
    return this.#cluster.noted(`${id} kills`);
  }

  /** While that happens, and all comes to rest after it: each crashing one ends so many processes at most, and is stopped again. */
  async #expectDeaths(what: string, most: number, act: () => Promise<void>): Promise<void> {
    const before = this.#poison.map((_, index) => this.#kills(`poison-${index}`));
    await act();
    await this.#sim.world.advance(QUIET_MS);
    if (!(await this.#until((rows) => rows.every(atRest)))) this.problems.push(`${what}: not all are stopped again`);
    for (const [index, count] of before.entries()) {
      const more = this.#kills(`poison-${index}`) - count;
      if (more > most)
        this.problems.push(`poison: "poison-${index}" was set going ${what} and ended ${more} processes, expected ${most} at most`);
    }
  }

  #until(isDone: (rows: Awaited<ReturnType<SimWorld["store"]["dump"]>>["instances"]) => boolean): Promise<boolean> {
    let isOver = false;
    const look = () => {
      void this.#sim.store.dump().then(({ instances }) => {
        isOver = isDone(instances);
      });
      if (!isOver) this.#sim.world.after(200, look);
    };
    look();
    return this.#sim.world.runUntil(() => isOver, LIMIT_MS);
  }
}

const atRest = ({ completedAt, stopped }: { readonly completedAt: number | null; readonly stopped: unknown }) =>
  completedAt !== null || stopped !== null;
