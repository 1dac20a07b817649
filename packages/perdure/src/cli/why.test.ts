import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { activity } from "../functions/activity.ts";
import { orchestrator } from "../functions/orchestrator.ts";
import { TaskHub } from "../task-hub/task-hub.ts";
import { runCommand } from "./testing/run-command.ts";

const slow = activity("Slow", async (_: null, { signal }) => {
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
});
const mail = activity("Mail", { perKey: { concurrency: 1 }, key: (to: string) => to }, async (_: string, { signal }) => {
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
});
const mails = orchestrator("Mails", (ctx, to: readonly string[]) => Promise.all(to.map((one) => ctx.callActivity(mail, one))));
const approval = orchestrator("Approval", (ctx) => ctx.waitForExternalEvent("Approve"));
const ship = orchestrator("Ship", async () => {
  throw new RangeError("no truck is free");
});
const order = orchestrator("Order", (ctx) =>
  Promise.all([
    ctx.callSubOrchestrator(approval, undefined, { instanceId: "the-approval" }),
    ctx.callActivity(slow, null),
    ctx.createTimer("1d"),
  ]),
);

test("perdure why says it in a sentence, and lists all that is open", async () => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-why-"));
  const why = async (...args: readonly string[]) => {
    const { code, out, err } = await runCommand(["why", ...args, "--store", "file:hub.db"], { cwd: folder });
    assert.equal(code, 0, err);
    return out;
  };
  try {
    await using hub = await TaskHub.open(`file:${join(folder, "hub.db")}`, {
      functions: [approval, order, slow, mail, mails, ship],
      log: false,
      drainTimeout: "1s",
    });
    await hub.start();
    await hub.client.startNew(order, { instanceId: "o-1" });
    const ROOT = /, and for sub-orchestration "the-approval", which waits for event "Approve" since \S+\.$/m;
    for (let out = ""; !ROOT.test(out); ) out = await why("o-1");
    const shown = await why("o-1");
    assert.match(
      shown,
      /^why: +It waits for activity "Slow" since \S+, which runs or is in line at worker \d+ \(.+\), and for a timer that is due at /m,
    );
    assert.match(shown, /^state: +waiting since \d{4}-/m);
    assert.match(shown, /^timer +due at \d{4}-/m);
    assert.match(shown, /^activity +Slow +\d{4}-\S+ +with its owner, worker \d+$/m);
    assert.match(shown, /^sub-orchestration +the-approval +\d{4}-\S+ +Approval, Running$/m);
    const json = JSON.parse(await why("o-1", "--json"));
    assert.deepEqual([json.state, json.activities.length, json.timers.length, json.owner.alive], ["waiting", 1, 1, true]);
    for (const [instanceId, where] of [
      ["m-1", "running"],
      ["m-2", "no free slot"],
    ] as const) {
      await hub.client.startNew(mails, { instanceId, input: ["ann", "bob"] });
      const activities = async () => (await hub.client.getStatus(instanceId, { showWaitingFor: true }))?.waitingFor?.activities;
      while ((await activities())?.filter((one) => one.where === where).length !== 2) await setImmediate();
    }
    const held = await why("m-2");
    for (const key of ["ann", "bob"])
      assert.match(held, new RegExp(`^activity +Mail +\\d{4}-\\S+ +a free slot of key "${key}", 1 of 1 held by m-1$`, "m"));
    await hub.client.startNew(approval, { instanceId: "a-1" });
    await hub.client.raiseEvent("a-1", "Aprove");
    while (!/^not awaited: +event "Aprove" of \d{4}-\S+ \(is "Approve" meant\?\)$/m.test(await why("a-1"))) await setImmediate();
    await hub.client.suspend("a-1");
    for (const id of ["m-1", "m-2"]) await hub.client.terminate(id);
    await hub.client.terminate("o-1", { recursive: true });
    await hub.client.waitForCompletion("o-1");
    assert.equal(await why("o-1"), "It has ended: Terminated.\n");
    assert.equal(await why("o-1", "--json"), "null\n");
    await assert.rejects((await hub.client.startNew(ship, { instanceId: "s-1" })).result());
    const failed = await why("s-1");
    assert.match(failed, /^why: +It has failed: RangeError: no truck is free$/m);
    assert.match(failed, /^failed at: +\S*why\.test\.ts:\d+$/m);
    assert.match(failed, /^what to do: +"perdure rewind s-1" .*"perdure restart s-1" .*"perdure failures"/m);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
