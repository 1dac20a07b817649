import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator } from "perdure";
import { StoreUnavailableError } from "../../src/errors/store-unavailable.ts";
import { cpuClock } from "../../src/process/testing/cpu-clock.ts";
import { AwayHub } from "./away-hub.testsuite.ts";

const CALLS = 10_000;
const ACCEPT_MS = 15_000;

const waits = orchestrator("waits", async (ctx) => {
  await ctx.waitForExternalEvent("E");
});
const plain = orchestrator("plain", async () => "done");

const accepted = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "yes",
    (error: unknown) => (error instanceof StoreUnavailableError ? error.accepted : String(error)),
  );

for (const [what, may, call] of [
  ["starts", ["no"], (hub: AwayHub, n: number) => hub.client.startNew("plain", { instanceId: `new-${n}` })],
  ["messages to instances elsewhere", ["no"], (hub: AwayHub, n: number) => hub.client.raiseEvent(`elsewhere-${n}`, "E", n)],
  // Its episode may have begun with some of them.
  ["messages to one instance of this worker", ["no", "unknown"], (hub: AwayHub, n: number) => hub.client.raiseEvent("here", "E", n)],
] as const) {
  test(`${CALLS} ${what} that come in one turn and cannot be written are withdrawn at a cost that grows with their number alone`, async () => {
    await using hub = await AwayHub.open({ functions: [waits, plain], settings: { acceptMs: ACCEPT_MS } });
    await hub.settled(hub.client.startNew("waits", { instanceId: "here" }));
    await hub.pass(1_000);
    hub.mood = "full";
    const answers = Array.from({ length: CALLS }, (_, n) => accepted(call(hub, n)));
    const spent = cpuClock();
    await hub.pass(ACCEPT_MS + 100);
    const seen = new Set(await Promise.all(answers));
    assert.ok(spent() < 4_000, `${spent()} ms of processor time`);
    assert.deepEqual(
      [...seen].filter((answer) => !may.some((one) => one === answer)),
      [],
    );
    hub.mood = "answers";
    await hub.pass(10_000);
    const { instances, inbox } = await hub.sim.store.dump();
    assert.equal(instances.length, 1);
    if (!may.some((one) => one === "unknown")) assert.equal(inbox.length, 0);
  });
}
