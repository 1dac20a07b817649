import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { entity } from "../../functions/entity.ts";
import { orchestrator } from "../../functions/orchestrator.ts";
import { runCommand } from "../testing/run-command.ts";
import { DOORS, ServedHub } from "../testing/served-hub.ts";

const counter = entity("Counter", {
  initialState: () => 0,
  operations: {
    add: (ctx, by: number) => {
      if (by < 0) throw new Error("not below 0\u001b[2J");
      ctx.state += by;
    },
  },
});
const holds = orchestrator("Holds", async (ctx) => {
  using _lock = await ctx.lock(counter.id("locked"));
  await ctx.waitForExternalEvent("Go");
});

const nowhere = entity("Nowhere", { initialState: () => 0, operations: { lost: () => {} } });
const speaks = orchestrator("Speaks", async (ctx, key: string) => ctx.entity(nowhere, key).signal.lost());

const until = async (isTrue: () => Promise<boolean>) => {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 2));
};

const served = new ServedHub([counter, holds, speaks], async (hub) => {
  await hub.client.startNew(holds, { instanceId: "holder" });
  const locked = hub.client.entity(counter, "locked");
  await until(async () => (await locked.info())?.lockedBy != null);
  await locked.signal.add(5);
  await until(async () => (await locked.info())?.waiting === 1);
});

for (const door of DOORS) {
  describe(`perdure entities by ${door}`, () => {
    const run = (...args: readonly string[]) => runCommand(["entities", ...args, door, door === "--url" ? served.url : served.store]);
    const key = `k ${door}`;

    test("signal, show, list, delete", async () => {
      const sent = await run("signal", "COUNTER", key, "add", "--input", "2");
      assert.deepEqual(sent, { code: 0, out: `Signal "add" was accepted for "@counter@${key}".\n`, err: "" });
      await run("signal", "counter", key, "add", "--input=-1");
      await until(async () => (await served.hub.client.entity(counter, key).info())?.lastFailure != null);
      const shown = await run("show", "counter", key);
      assert.match(shown.out, /^state: +2$/m);
      assert.match(shown.out, /^last failure: +add: not below 0\\u001b\[2J \(20.*Z\)$/m);
      const one = JSON.parse((await run("show", "counter", key, "--json")).out);
      assert.deepEqual([one.entityId, one.state, one.details.held], [{ name: "counter", key }, 2, 0]);
      const listed = await run("list", "Counter", "--state");
      assert.match(listed.out, /^ENTITY .* STATE$/m);
      assert.match(listed.out, new RegExp(`^counter +${key} +20\\S+Z +failed: add +2$`, "m"));
      assert.doesNotMatch(listed.out, /locked/);
      assert.match((await run("list", "--empty")).out, /^counter +locked +20\S+Z +holder +1 +no state$/m);
      assert.deepEqual(JSON.parse((await run("list", "other", "--json")).out), []);
      assert.deepEqual(JSON.parse((await run("list", "--to", "2020-01-01", "--json")).out), []);
      assert.deepEqual(JSON.parse((await run("delete", "counter", key, "--json")).out), { entity: `@counter@${key}`, accepted: true });
      await until(async () => (await served.hub.client.entity(counter, key).state()) === null);
    });

    test("the empty key, purge, and lists that are cut", async () => {
      await run("signal", "counter", "", "add", "--input", "1");
      await run("signal", "counter", key, "add", "--input", "1");
      await until(
        async () =>
          (await served.hub.client.entity(counter, "").state()) === 1 && (await served.hub.client.entity(counter, key).state()) === 1,
      );
      const cut = await run("list", "--top", "1");
      assert.match(cut.err, /There are more: these are the first 1/);
      assert.match((await run("show", "counter", "")).out, /^state: +1$/m);
      for (const purged of ["", key]) {
        assert.equal((await run("purge", "counter", purged)).code, 0);
        await until(async () => (await served.hub.client.entity(counter, purged).state()) === null);
      }
    });

    test("locks, and a clean-up that has nothing to do", async () => {
      const { out } = await run("locks");
      assert.match(out, /^ENTITY +KEY +LOCKED BY +SINCE +WAITING\ncounter +locked +holder +20\S+Z +1\n$/);
      const [lock] = JSON.parse((await run("locks", "counter", "--json")).out);
      assert.equal(lock.details.lockedBy.instanceId, "holder");
      assert.deepEqual(await run("clean"), { code: 0, out: "0 empty entity rows removed, 0 orphaned locks released.\n", err: "" });
    });

    test("skip: a stopped entity continues behind the operation before which it is", async () => {
      const stopped = served.hub.client.entity(nowhere, key);
      await served.hub.client.startNew(speaks, { instanceId: `speaks ${door}`, input: key });
      await until(async () => (await stopped.info())?.stopped != null);
      const listed = await served.run(door, "list", "--stopped");
      assert.match(listed.out, new RegExp(`^@nowhere@${key} +nowhere +Running, stopped \\(FUNCTION_NOT_REGISTERED\\)`, "m"));
      assert.match(listed.err, /^1 entity is stopped: "perdure entities show NAME KEY" says why/m);
      const asInstance = await served.run(door, "status", `@nowhere@${key}`);
      assert.match(asInstance.err, /reserved for entities; "perdure entities show NAME KEY" shows one.*\[INSTANCE_ID_INVALID\]/);
      const skipped = await run("skip", "nowhere", key, "--reason", "it went away");
      assert.deepEqual(skipped, {
        code: 0,
        out: `Operation "lost" of "@nowhere@${key}" is skipped, a signal of "speaks ${door}".\n`,
        err: "",
      });
      await until(async () => (await stopped.info())?.lastFailure != null);
      assert.match((await stopped.info())?.lastFailure?.message ?? "", /set this operation aside \(it went away\)/);
      const again = await run("skip", "nowhere", key, "--json");
      assert.deepEqual([again.code, JSON.parse(again.err).error.code], [1, "ENTITY_NOTHING_TO_SKIP"]);
      await assert.rejects(stopped.skip({ reason: "too late" }), { code: "ENTITY_NOTHING_TO_SKIP" });
      assert.match((await run("skip", "nowhere", "none")).err, /\[ENTITY_NOT_FOUND\]/);
    });

    test("what is not there, and what cannot be", async () => {
      const none = await run("show", "counter", "none");
      assert.equal(none.code, 1);
      assert.match(none.err, /There is nothing of the entity "@counter@none".*\[ENTITY_NOT_FOUND\]/);
      assert.match((await run("purge", "counter", "none")).err, /\[ENTITY_NOT_FOUND\]/);
      assert.match((await run("resume", "counter", "locked")).err, /resume/);
      const unknown = await run("signal", "nothing", "a", "add");
      assert.equal(unknown.code, 1);
      assert.match(unknown.err, /There is no entity function "nothing"\. Known ones: "Counter"/);
      for (const [args, text] of [
        [["dance"], /expected: list \[name\] \| show <name> <key>/],
        [["show", "counter"], /perdure entities show was called with the argument "counter"; expected: <name> <key>/],
        [["show", "counter", "a/b"], /ENTITY_KEY_INVALID/],
        [["show", "a@b", "c"], /contains "@"/],
        [["show", "counter", "a", "--top", "1"], /perdure entities show has no option "--top"/],
        [["signal", "counter", "a", "add", "--input", "{"], /INPUT_NOT_JSON/],
      ] as const) {
        const refused = await run(...args);
        assert.equal(refused.code, 2, args.join(" "));
        assert.match(refused.err, text);
      }
    });
  });
}
