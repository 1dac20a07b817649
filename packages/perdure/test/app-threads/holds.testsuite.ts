import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Folder } from "../../src/cli/testing/spawn-cli.ts";
import { until } from "../../src/process/testing/until.ts";
import { Random } from "../../src/testing/random.ts";
import type { FaultyApp } from "./faults.testsuite.ts";
import { native } from "./faults.testsuite.ts";
import type { Fault } from "./testing/faults.ts";
import type { ThreadApp } from "./testing/thread-app.ts";

export const HOLDERS = ["activity", "orchestrator", "entity", "http"] as const;
export type Holder = (typeof HOLDERS)[number];

const WORKFLOWS = { activity: "calls-plainly-faulty", orchestrator: "is-faulty", entity: "calls-fragile" } as const;

/** Calls that hold a thread shortly after one another, and between them what must not notice. */
export function testHoldsInTurn(holders: readonly Holder[], threads: number, { kind, open }: FaultyApp = native()): void {
  const title = `${holders.join(", ")} hold their threads one after another: what has not begun runs elsewhere each time (${kind}, ${threads})`;
  test(title, async () => {
    using folder = new Folder();
    await using app = await open({ threads });
    await warmedUp(app, folder);
    const gate = join(folder.path, "open");
    const held = await Promise.all(
      holders.map(async (holder, place) => {
        await sleep(place * 300);
        return begun(app, holder, { fault: "block", gate, key: `holder-${place}` });
      }),
    );
    const healthy = Healthy.begin(app, folder, 5);
    await healthy.unharmed();
    folder.write("open", "");
    for (const { ended } of held) assert.equal(await ended, "survived");
    assert.deepEqual(app.events("thread.ended"), []);
  });
}

/** A call that holds a thread among others that came in the same moment, and ended before it began. */
export function testHeldAmid(count: number, { kind, open }: FaultyApp = native()): void {
  test(`what ended before a call of the same moment holds the thread is answered while that holds it (${kind})`, async () => {
    using folder = new Folder();
    await using app = await open({});
    await warmedUp(app, folder);
    const gate = join(folder.path, "open");
    const before = Healthy.begin(app, folder, count);
    const { ended } = await begun(app, "activity", { fault: "block", gate });
    const after = Healthy.begin(app, folder, count);
    await before.unharmed();
    await after.unharmed();
    folder.write("open", "");
    assert.equal(await ended, "survived");
  });
}

/** It may hold it for so short a time that nothing else can run what waits there. */
export function testEndedSoon({ kind, open }: FaultyApp): void {
  test(`what has not begun where a call is ended that holds its thread runs elsewhere, though no other thread was there yet (${kind})`, async () => {
    using folder = new Folder();
    await using app = await open({ functionTimeoutMs: 1_000 });
    await warmedUp(app, folder);
    const { ended } = await begun(app, "activity", { fault: "block" });
    await sleep(200);
    await Healthy.begin(app, folder, 3).unharmed();
    assert.match(JSON.stringify(await ended), /did not finish within 1000 ms/);
  });
}

/** The instance of what holds a thread for ever is terminated. */
export function testHeldInVain(holder: "activity" | "orchestrator", { kind, open }: FaultyApp = native()): void {
  test(`a thread that an ${holder} holds is ended when its instance is terminated, and it is not said to run again (${kind})`, async () => {
    await using app = await open({});
    const run = await app.client.startNew(WORKFLOWS[holder], { input: { fault: "block" } satisfies Fault });
    await until("it is held", () => app.events("thread.held")[0], 20_000);
    await run.terminate();
    const end = await until("its thread has ended", () => app.events("thread.ended")[0]?.message, 10_000);
    assert.match(
      end,
      /it was held by a call whose result is no longer wanted\. It was the code of (?:activity "plainly faulty"|orchestrator "is-faulty")/,
    );
    const after = await app.client.startNew("quick");
    assert.equal(await after.result(), 5);
    await app.hub.close();
    assert.deepEqual(app.events("executor.lost"), []);
    assert.equal(app.events("thread.ended").length, 1);
  });
}

/** Its host is stopped before that. */
export function testStoppedInVain({ kind, open }: FaultyApp = native()): void {
  test(`an activity of a terminated instance that still runs when the host stops is not said to run again (${kind})`, async () => {
    using folder = new Folder();
    await using app = await open({ drainTimeout: "100ms" });
    const gate = join(folder.path, "open");
    const run = await app.client.startNew("calls-faulty", { input: { fault: "wait", gate } satisfies Fault });
    await until("it runs", () => existsSync(`${gate}-asked`), 20_000);
    await run.terminate();
    await app.hub.close();
    assert.deepEqual(app.events("executor.lost"), []);
  });
}

const LASTS_MS = 4_000;
const LIMIT_MS = 6_000;
/** Longer than what holds a thread for a while, also on a machine that does other things. */
const NO_LIMIT_MS = 60_000;
/** They end by themselves. */
const HOLDS = ["block a while", "loop a while"] as const;
const ENDS = ["exit", "throw outside", "reject unhandled", "loop for ever"] as const;

/** By chance: when what holds or ends threads begins, how, and for how long, and what is called meanwhile. */
export function testRandomFaults(
  seed: number,
  kinds: "holds" | "holds and ends",
  threads: number,
  { kind, open }: FaultyApp = native(),
): void {
  test(`calls that are none of the ${kinds} of threads end as they should, each request once (seed ${seed}, ${kind}, ${threads})`, async () => {
    using folder = new Folder();
    const limitMs = kinds === "holds" ? NO_LIMIT_MS : LIMIT_MS;
    await using app = await open({ threads, functionTimeoutMs: limitMs, episodeTimeoutMs: limitMs, drainTimeout: "100ms" });
    await warmedUp(app, folder);
    const random = new Random(seed);
    const healthy = new Healthy(app, folder);
    const faults = Array.from({ length: random.between(2, 5) }, async (_, place) => {
      const holder = random.pick(HOLDERS);
      const ends = kinds !== "holds" && random.chance(0.5);
      const fault: Fault = {
        fault: random.pick<string>(ends ? ENDS : HOLDS),
        gate: `${random.between(300, LIMIT_MS - 2_000)}`,
        key: `holder-${place}`,
      };
      await sleep(random.int(LASTS_MS / 2));
      const { ended } = await begun(app, holder, fault);
      if (!ends && kinds === "holds") assert.equal(await ended, "survived", JSON.stringify(fault));
    });
    const calls = Array.from({ length: random.between(10, 40) }, async () => {
      await sleep(random.int(LASTS_MS));
      healthy.more();
    });
    await Promise.all(calls);
    await healthy.unharmed();
    await Promise.all(faults);
    if (kinds === "holds") assert.deepEqual(app.events("thread.ended"), []);
  });
}

/** All functions have run once: an Azure app learns from that how to call them. */
async function warmedUp(app: ThreadApp, folder: Folder): Promise<void> {
  await Healthy.begin(app, folder, 1).unharmed();
}

/** `ended` resolves when the held one has let go. */
async function begun(app: ThreadApp, holder: Holder, fault: Fault): Promise<{ readonly ended: Promise<unknown> }> {
  if (holder === "http") {
    const query = new URLSearchParams({ is: fault.fault, gate: fault.gate ?? "" });
    const ended = app.fetch(`fault?${query}`).then((response) => response.text());
    ended.catch(() => {});
    return { ended };
  }
  const run = await app.client.startNew(WORKFLOWS[holder], { input: fault });
  const ended = app.client.waitForCompletion(run.instanceId, { timeout: "60s" }).then(({ output }) => output);
  ended.catch(() => {});
  return { ended };
}

/** Calls of each kind that end at once, wherever they run. */
export class Healthy {
  static #made = 0;
  readonly #app: ThreadApp;
  readonly #notes: string;
  readonly #asked: string[] = [];
  readonly #ends: Promise<void>[] = [];

  constructor(app: ThreadApp, folder: Folder) {
    this.#app = app;
    this.#notes = join(folder.path, `notes-${Healthy.#made++}`);
  }

  static begin(app: ThreadApp, folder: Folder, count: number): Healthy {
    const healthy = new Healthy(app, folder);
    for (let i = 0; i < count; i++) healthy.more();
    return healthy;
  }

  more(): void {
    this.#ends.push(
      this.#orchestration("quick", undefined, 5),
      this.#orchestration("adds", `of-${basename(this.#notes)}-${this.#ends.length}`, 1),
      this.#request(),
    );
  }

  async #orchestration(name: string, input: unknown, output: number): Promise<void> {
    const { client } = this.#app;
    const { instanceId } = await client.startNew(name, { input });
    const status = await client.waitForCompletion(instanceId, { timeout: "60s" });
    assert.equal(status.output, output, `${name} ${instanceId}: ${status.runtimeStatus}`);
    const { history = [], stopped = null } = (await client.getStatus(instanceId, { showHistory: true })) ?? {};
    assert.ok(stopped === null && history.every(({ kind }) => !kind.endsWith("Failed")));
  }

  async #request(): Promise<void> {
    const id = `${this.#asked.length}`;
    this.#asked.push(id);
    const response = await this.#app.fetch(`hello?${new URLSearchParams({ notes: this.#notes, id })}`);
    assert.equal(`${response.status} ${await response.text()}`, "200 hello");
  }

  /** Each has ended as it should, and no request has run twice. */
  async unharmed(): Promise<void> {
    const failed = (await Promise.allSettled(this.#ends)).flatMap((end) => (end.status === "rejected" ? [`${end.reason}`] : []));
    assert.deepEqual(failed, []);
    const ran = existsSync(this.#notes) ? readFileSync(this.#notes, "utf8").trimEnd().split("\n") : [];
    assert.deepEqual(ran.toSorted(), this.#asked.toSorted());
  }
}
