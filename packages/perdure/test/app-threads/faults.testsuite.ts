import assert from "node:assert/strict";
import { test } from "node:test";
import type { OrchestrationHandle } from "../../src/index.ts";
import { instanceId } from "../../src/model/ids.ts";
import { until } from "../../src/process/testing/until.ts";
import type { Fault } from "./testing/faulty-app.ts";
import { callsFaulty, callsFragile, callsLimited, callsPlainlyFaulty, callsSlow, isFaulty, quick } from "./testing/faulty-app.ts";
import { ThreadApp } from "./testing/thread-app.ts";

/** What ends threads: who does it, how, and what the stopped instance says. */
const ENDINGS = {
  "an activity that calls process.exit": [callsFaulty, "exit", /process\.exit\(7\)/],
  "an activity that throws outside of any await": [callsFaulty, "throw outside", /thrown outside of any await/],
  "an activity that leaves a rejection unhandled": [callsFaulty, "reject unhandled", /rejected, and not awaited/],
  "an activity that uses up the heap": [callsFaulty, "eat memory", /ran out of heap memory of 64 MB/],
  "an orchestrator that calls process.exit": [isFaulty, "exit", /process\.exit\(7\)/],
  "an operation of an entity that calls process.exit": [callsFragile, "exit", /process\.exit\(7\)/],
} as const;

export type Ending = keyof typeof ENDINGS;
export const ALL_ENDINGS = Object.keys(ENDINGS) as readonly Ending[];

const BESIDE_MS = 1_500;

/** Beside as many orchestrations, each with an activity that is running when the thread ends. */
export function testEnding(what: Ending, beside: number): void {
  const [workflow, fault, reason] = ENDINGS[what];
  const isNamed = fault !== "eat memory";
  test(`${what} is stopped with the reason, and nothing beside it is harmed`, async () => {
    await using app = await ThreadApp.open({ memoryMb: isNamed ? null : 64 });
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
    if (isNamed) assert.equal(ends.length, 3, `three threads, and no more: ${ends.join("\n")}`);
    if (isNamed) for (const end of ends) assert.match(end, /It was the code of (?:activity|orchestrator|entity)/);
    const after = await app.client.startNew(quick);
    assert.equal(await after.result(), 5);
  });
}

/** Beside as many orchestrations, while the thread is held for this long: asleep in a blocking call, or in a loop. */
export function testHeld(fault: "block" | "loop", beside: number, heldMs: number): void {
  test(`a function that holds its thread (${fault}): the API answers, what had not begun runs elsewhere, and the log has the line`, async () => {
    await using app = await ThreadApp.open();
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

export function testOwnTimeout(): void {
  test("an activity that never lets go of its thread fails by its time-out, and nothing beside it is harmed", async () => {
    await using app = await ThreadApp.open();
    const beside = await app.client.startNew(callsSlow, { input: 500 });
    const hung = await app.client.startNew(callsLimited);
    await assert.rejects(hung.result(), /did not finish within 1000 ms/);
    assert.equal(await beside.result(), 500);
  });
}

const isRunning = (app: ThreadApp, { instanceId: id }: OrchestrationHandle<unknown>) =>
  until("it runs", async () => (await app.client.getStatus(id))?.runtimeStatus === "Running", 20_000);
