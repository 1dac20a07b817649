import assert from "node:assert/strict";
import { test } from "node:test";
import type { Isolation } from "../../src/app-threads/app-threads.ts";
import type { OrchestrationHandle } from "../../src/index.ts";
import { instanceId } from "../../src/model/ids.ts";
import { until } from "../../src/process/testing/until.ts";
import type { Fault } from "./testing/faulty-app.ts";
import { callsFaulty, callsFragile, callsLimited, callsPlainlyFaulty, callsSlow, isFaulty, quick } from "./testing/faulty-app.ts";
import { ThreadApp } from "./testing/thread-app.ts";

/** What ends threads and processes: who does it, how, and what the stopped instance says. */
const ENDINGS = {
  "an activity that calls process.exit": [callsFaulty, "exit", /process\.exit\(7\)/],
  "an activity that throws outside of any await": [callsFaulty, "throw outside", /thrown outside of any await/],
  "an activity that leaves a rejection unhandled": [callsFaulty, "reject unhandled", /rejected, and not awaited/],
  "an activity that uses up the heap": [callsFaulty, "eat memory", /ran out of heap memory of 64 MB/],
  "an orchestrator that calls process.exit": [isFaulty, "exit", /process\.exit\(7\)/],
  "an operation of an entity that calls process.exit": [callsFragile, "exit", /process\.exit\(7\)/],
} as const;

/** What would end the host with a thread. */
const ENDINGS_OF_PROCESSES = {
  "an activity that calls process.abort": [callsFaulty, "abort", /process\.abort\(\)/],
  "an activity that crashes": [callsFaulty, "crash", /ended by SIGSEGV/],
} as const;

export type Ending = keyof typeof ENDINGS | keyof typeof ENDINGS_OF_PROCESSES;
export const ENDINGS_OF: { readonly [isolation in Isolation]: readonly Ending[] } = {
  thread: Object.keys(ENDINGS) as readonly Ending[],
  process: Object.keys({ ...ENDINGS, ...ENDINGS_OF_PROCESSES }) as readonly Ending[],
};

/** Whose code it was is known at once, and not by who is alone at the third end. */
const isNamed = (fault: string): boolean => fault !== "eat memory" && fault !== "crash";

const BESIDE_MS = 1_500;

/** Beside as many orchestrations, each with an activity that is running when the thread ends. */
export function testEnding(what: Ending, beside: number, isolation: Isolation = "thread"): void {
  const [workflow, fault, reason] = { ...ENDINGS, ...ENDINGS_OF_PROCESSES }[what];
  test(`${what} is stopped with the reason, and nothing beside it is harmed (${isolation})`, async () => {
    await using app = await ThreadApp.open({ memoryMb: fault === "eat memory" ? 64 : null, isolation });
    const others = await Promise.all(Array.from({ length: beside }, () => app.client.startNew(callsSlow, { input: BESIDE_MS })));
    const culprit = await app.client.startNew(workflow, { input: { fault } satisfies Fault });
    for (const other of others) assert.equal(await other.result(), BESIDE_MS);
    const stopOf = async () =>
      workflow === callsFragile
        ? (await app.hub.hubClient.entities.get(instanceId("@fragile@a")))?.stopped
        : (await app.client.getStatus(culprit.instanceId))?.stopped;
    const { message } = await until("it is stopped", stopOf, 60_000);
    assert.match(message, reason);
    const ends = app.events("thread.ended").map((entry) => entry.message);
    if (isNamed(fault)) assert.equal(ends.length, 3, `three threads, and no more: ${ends.join("\n")}`);
    if (isNamed(fault)) for (const end of ends) assert.match(end, /It was the code of (?:activity|orchestrator|entity)/);
    const after = await app.client.startNew(quick);
    assert.equal(await after.result(), 5);
  });
}

/** Beside as many orchestrations, while the thread is held for this long: asleep in a blocking call, or in a loop. */
export function testHeld(fault: "block" | "loop", beside: number, heldMs: number, isolation: Isolation = "thread"): void {
  test(`a function that holds its ${isolation} (${fault}): the API answers, what had not begun runs elsewhere, and the log has the line`, async () => {
    await using app = await ThreadApp.open({ isolation });
    const held = await app.client.startNew(callsPlainlyFaulty, { input: { fault, ms: heldMs } });
    await isRunning(app, held);
    const others = await Promise.all(Array.from({ length: beside }, () => app.client.startNew(quick)));
    const asked = performance.now();
    assert.equal((await fetch(`${app.server.url}/readyz`)).status, 200);
    const answeredMs = performance.now() - asked;
    for (const other of others) assert.equal(await other.result(), 5);
    assert.equal((await app.client.getStatus(held.instanceId))?.runtimeStatus, "Running", "it is held all the while");
    assert.equal(await held.result(), "survived");
    assert.ok(answeredMs < 1_000, `the API answered after ${answeredMs} ms`);
    const [line] = app.events("thread.held");
    assert.match(line?.message ?? "", fault === "loop" ? /is held by loop \(.*faulty-app\.ts:\d+\)/ : /is held by /);
  });
}

export function testOwnTimeout(isolation: Isolation = "thread"): void {
  test(`an activity that never lets go of its ${isolation} fails by its time-out, and nothing beside it is harmed`, async () => {
    await using app = await ThreadApp.open({ isolation });
    const beside = await app.client.startNew(callsSlow, { input: 500 });
    const hung = await app.client.startNew(callsLimited);
    await assert.rejects(hung.result(), /did not finish within 1000 ms/);
    assert.equal(await beside.result(), 500);
  });
}

/** By the system, for want of memory, or by an operator: no call is at fault. */
export function testKilled(beside: number): void {
  test("a process that is killed from outside is replaced, and nothing that ran in it is harmed", async () => {
    await using app = await ThreadApp.open({ isolation: "process" });
    const { pid } = (await (await app.fetch("pid")).json()) as { readonly pid: number };
    assert.notEqual(pid, process.pid);
    const running = await Promise.all(Array.from({ length: beside }, () => app.client.startNew(callsSlow, { input: 500 })));
    for (const one of running) await isRunning(app, one);
    process.kill(pid, "SIGKILL");
    for (const one of running) assert.equal(await one.result(), 500);
    const [end] = app.events("thread.ended");
    assert.match(end?.message ?? "", /Process 1 \(pid \d+\) of the app has ended: it was ended by SIGKILL/);
    assert.notEqual(((await (await app.fetch("pid")).json()) as { readonly pid: number }).pid, pid);
  });
}

const isRunning = (app: ThreadApp, { instanceId: id }: OrchestrationHandle<unknown>) =>
  until("it runs", async () => (await app.client.getStatus(id))?.runtimeStatus === "Running", 20_000);
