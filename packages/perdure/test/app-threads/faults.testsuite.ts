import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Isolation } from "../../src/app-threads/app-threads.ts";
import { Folder } from "../../src/cli/testing/spawn-cli.ts";
import { instanceId } from "../../src/model/ids.ts";
import { until } from "../../src/process/testing/until.ts";
import { ApiProbe } from "./testing/api-probe.ts";
import type { Fault } from "./testing/faults.ts";
import type { ThreadAppOptions } from "./testing/thread-app.ts";
import { ThreadApp } from "./testing/thread-app.ts";

/** An app with the functions of `faulty-app.ts`, in one model of programming or the other. */
export interface FaultyApp {
  readonly kind: string;
  open(options: ThreadAppOptions): Promise<ThreadApp>;
}

export const native = (isolation: Isolation = "thread"): FaultyApp => ({
  kind: `native, ${isolation}`,
  open: (options) => ThreadApp.open({ ...options, isolation }),
});

/** What ends threads and processes: who does it, how, and what the stopped instance says. */
const ENDINGS = {
  "an activity that calls process.exit": ["calls-faulty", "exit", /process\.exit\(7\)/],
  "an activity that throws outside of any await": ["calls-faulty", "throw outside", /thrown outside of any await/],
  "an activity that leaves a rejection unhandled": ["calls-faulty", "reject unhandled", /rejected, and not awaited/],
  "an activity that uses up the heap": ["calls-faulty", "eat memory", /ran out of heap memory of \d+ MB/],
  "an orchestrator that calls process.exit": ["is-faulty", "exit", /process\.exit\(7\)/],
  "an orchestrator that loops for ever": ["is-faulty", "loop for ever", /it was held for 3000 ms/],
  "an operation of an entity that calls process.exit": ["calls-fragile", "exit", /process\.exit\(7\)/],
  "an operation of an entity that loops for ever": ["calls-fragile", "loop for ever", /it was held for 3000 ms/],
} as const;

/** What would end the host with a thread. */
const ENDINGS_OF_PROCESSES = {
  "an activity that calls process.abort": ["calls-faulty", "abort", /process\.abort\(\)/],
  "an activity that crashes": ["calls-faulty", "crash", /ended by SIGSEGV/],
} as const;

export type Ending = keyof typeof ENDINGS | keyof typeof ENDINGS_OF_PROCESSES;
export const ENDINGS_OF: { readonly [isolation in Isolation]: readonly Ending[] } = {
  thread: Object.keys(ENDINGS) as readonly Ending[],
  process: Object.keys({ ...ENDINGS, ...ENDINGS_OF_PROCESSES }) as readonly Ending[],
};

/** Whose code it was is known at once, and not by who is alone at the third end. */
const isKnown = (fault: string): boolean => fault !== "eat memory" && fault !== "crash";

const BESIDE_MS = 1_500;
const MEMORY_MB = 96;
/** Longer than what runs beside it. */
const LIMIT_MS = 3_000;
/** Of three threads that are held, one after the other, and loaded in between. */
const STOPPED_MS = 90_000;

/** Beside as many orchestrations, each with an activity that is running when the thread ends. */
export function testEnding(what: Ending, beside: number, { kind, open }: FaultyApp = native()): void {
  const [workflow, fault, reason] = { ...ENDINGS, ...ENDINGS_OF_PROCESSES }[what];
  const isNamed = isKnown(fault);
  test(`${what} is stopped with the reason, and nothing beside it is harmed (${kind})`, async (t) => {
    await using app = await open({
      memoryMb: fault === "eat memory" ? MEMORY_MB : null,
      ...(fault !== "loop for ever" ? {} : workflow === "is-faulty" ? { episodeTimeoutMs: LIMIT_MS } : { functionTimeoutMs: LIMIT_MS }),
    });
    const others = await started(app, "calls-slow", beside, BESIDE_MS);
    const culprit = await app.client.startNew(workflow, { input: { fault } satisfies Fault });
    const probe = new ApiProbe(`${app.server.url}/readyz`);
    await allUnharmed(app, others, "slow", BESIDE_MS);
    const stopOf = async () =>
      workflow === "calls-fragile"
        ? (await app.hub.hubClient.entities.get(instanceId("@fragile@a")))?.stopped
        : (await app.client.getStatus(culprit.instanceId))?.stopped;
    const { message } = await until("it is stopped", stopOf, STOPPED_MS);
    assert.match(message, reason);
    await probe.check(t);
    const ends = app.events("thread.ended").map((entry) => entry.message);
    assert.doesNotMatch(ends.join("\n"), /None of the calls that ran is the cause/);
    if (isNamed) assert.equal(ends.length, 3, `three threads, and no more: ${ends.join("\n")}`);
    if (isNamed) for (const end of ends) assert.match(end, /It was the code of (?:activity|orchestrator|entity)/);
    const after = await app.client.startNew("quick");
    assert.equal(await after.result(), 5);
  });
}

/** Beside as many orchestrations, while the thread is held until they have ended: asleep in a blocking call, or in a loop. */
export function testHeld(fault: "block" | "loop", beside: number, { kind, open }: FaultyApp = native()): void {
  test(`a function that holds its thread (${fault}): the API answers, what had not begun runs elsewhere, and the log has the line (${kind})`, async (t) => {
    using folder = new Folder();
    await using app = await open({});
    const gate = join(folder.path, "open");
    const held = await app.client.startNew("calls-plainly-faulty", { input: { fault, gate } satisfies Fault });
    await isRunning(app, held.instanceId);
    const probe = new ApiProbe(`${app.server.url}/readyz`);
    const others = await started(app, "quick", beside);
    await allUnharmed(app, others, "increment", 5);
    const line = await until("the line", () => app.events("thread.held")[0]?.message, 20_000);
    assert.match(line, fault === "loop" ? /is held by (?:loop|existsSync) \(.*faults\.ts:\d+\)/ : /is held by /);
    await probe.check(t);
    folder.write("open", "");
    assert.equal(await held.result(), "survived");
  });
}

/** An activity with a time-out, or the one of all functions. */
export function testTimeout(beside: number, { kind, open }: FaultyApp = native()): void {
  test(`an activity that never lets go of its thread fails by its time-out, and nothing beside it is harmed (${kind})`, async (t) => {
    await using app = await open({ functionTimeoutMs: LIMIT_MS });
    const others = await started(app, "calls-slow", beside, 500);
    const hung = await app.client.startNew("calls-limited");
    const probe = new ApiProbe(`${app.server.url}/readyz`);
    await assert.rejects(hung.result(), /did not finish within \d000 ms|Timeout value of/);
    await allUnharmed(app, others, "slow", 500);
    await probe.check(t);
    const ends = app.events("thread.ended").map((entry) => entry.message);
    assert.equal(ends.length, 1, ends.join("\n"));
    assert.match(ends[0] ?? "", /It was the code of activity "limited"/);
  });
}

/** By the system, for want of memory, or by an operator: no call is at fault. */
export function testKilled(beside: number): void {
  test("a process that is killed from outside is replaced, and nothing that ran in it is harmed", async () => {
    await using app = await ThreadApp.open({ isolation: "process" });
    const { pid } = (await (await app.fetch("pid")).json()) as { readonly pid: number };
    assert.notEqual(pid, process.pid);
    const running = await started(app, "calls-slow", beside, 500);
    for (const id of running) await isRunning(app, id);
    process.kill(pid, "SIGKILL");
    await allUnharmed(app, running, "slow", 500);
    const [end] = app.events("thread.ended");
    assert.match(end?.message ?? "", /Process 1 \(pid \d+\) of the app has ended: it was ended by SIGKILL/);
    assert.notEqual(((await (await app.fetch("pid")).json()) as { readonly pid: number }).pid, pid);
  });
}

const isRunning = (app: ThreadApp, id: string) =>
  until("it runs", async () => (await app.client.getStatus(id))?.runtimeStatus === "Running", 20_000);

const started = (app: ThreadApp, name: string, count: number, input?: unknown) =>
  Promise.all(Array.from({ length: count }, async () => (await app.client.startNew(name, { input })).instanceId));

/** Each ends with that, and has called the activity as often as it asked for it: no failure was recorded, none is stopped. */
async function allUnharmed({ client }: ThreadApp, ids: readonly string[], activity: string, output: number): Promise<void> {
  for (const id of ids) {
    assert.equal((await client.waitForCompletion(id, { timeout: "60s" })).output, output);
    const { history = [], stopped = null } = (await client.getStatus(id, { showHistory: true })) ?? {};
    const kinds = history.filter((event) => event.kind === "TaskScheduled" || event.kind === "TaskFailed");
    assert.ok(
      stopped === null && kinds.length === (activity === "slow" ? 1 : output) && kinds.every(({ kind }) => kind === "TaskScheduled"),
    );
  }
}
