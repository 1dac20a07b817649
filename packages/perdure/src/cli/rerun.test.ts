import assert from "node:assert/strict";
import { test } from "node:test";
import { activity } from "../functions/activity.ts";
import { orchestrator } from "../functions/orchestrator.ts";
import { DOORS, ServedHub } from "./testing/served-hub.ts";
import type { WireEvent } from "./wire.ts";

const waits = orchestrator("Waits", async (ctx, _input?: unknown) => await ctx.waitForExternalEvent("Go"));

let isBroken = true;
const fails = orchestrator("Fails", () => {
  if (isBroken) throw new Error("broken");
  return "done";
});

const first = activity("First", (text: string) => `${text}1`);
const second = activity("Second", (text: string) => `${text} 2`);
const twoSteps = orchestrator("TwoSteps", async (ctx, text: string) => ctx.callActivity(second, await ctx.callActivity(first, text)));

const served = new ServedHub([waits, fails, twoSteps, first, second]);

for (const door of DOORS) {
  const run = (...args: readonly string[]) => served.run(door, ...args);

  test(`restart prints the id of the new instance, by ${door}`, async () => {
    const id = `first${door}`;
    await served.hub.client.startNew(waits, { instanceId: id, input: { a: 1 } });
    const { code, out, err } = await run("restart", id);
    assert.equal(code, 0, err);
    assert.deepEqual((await served.hub.client.getStatus(out.trim()))?.input, { a: 1 });

    const refused = await run("restart", id, "--same-id");
    assert.equal(refused.code, 1);
    assert.match(refused.err, /is (Pending|Running)\. Terminate it first, or leave out --same-id: .* \[INSTANCE_EXISTS\]/);
    await served.hub.client.terminate(id);
    await served.hub.client.waitForCompletion(id);
    assert.equal(JSON.parse((await run("restart", id, "--same-id", "--json")).out).id, id);
    assert.match((await run("restart", "nobody")).err, /\[INSTANCE_NOT_FOUND\]/);
  });

  test(`rewind lets a failed instance continue, by ${door}`, async () => {
    const id = `failed${door}`;
    isBroken = true;
    await served.hub.client.startNew(fails, { instanceId: id });
    await served.hub.client.waitForCompletion(id);
    isBroken = false;
    const { code, out, err } = await run("rewind", id, "--reason", "repaired");
    assert.equal(code, 0, err);
    assert.match(out, /continues from where it failed/);
    assert.equal((await served.hub.client.waitForCompletion(id)).output, "done");
    assert.match((await run("history", id)).out, /ExecutionRewound .*Reason=repaired/);
    assert.match((await run("rewind", id)).err, /is Completed; only a failed one.*\[INSTANCE_NOT_FAILED\]/s);
    assert.match((await run("rewind", "nobody")).err, /\[INSTANCE_NOT_FOUND\]/);
  });

  test(`retry rewinds all failed instances of a filter, and a dry run none, by ${door}`, async () => {
    const prefix = `retry${door}-`;
    isBroken = true;
    for (const name of ["a", "b", "c"]) await served.hub.client.startNew(fails, { instanceId: prefix + name });
    await served.hub.client.startNew(waits, { instanceId: `${prefix}waits` });
    for (const name of ["a", "b", "c"]) await served.hub.client.waitForCompletion(prefix + name);
    const dry = await run("retry", "--prefix", prefix, "--dry-run");
    assert.match(dry.out, /-a\n {2}1 episode taken back\n.*Dry run: 3 instances would be rewound\. Nothing was done\./s);
    assert.equal((await served.hub.client.getStatus(`${prefix}a`))?.runtimeStatus, "Failed");
    for (const [filter, found] of [
      [["--name", "FAILS"], 3],
      [["--name", "Waits"], 0],
      [["--error", "no such error"], 0],
      [["--tag", "a=b"], 0],
      [["--ended-to", "2020-01-01"], 0],
      [["--parent", "nobody"], 0],
      [["--version", "9"], 0],
    ] as const) {
      const { out: said } = await run("retry", "--prefix", prefix, ...filter, "--dry-run");
      assert.match(said, new RegExp(`Dry run: ${found} instances would be rewound`), filter.join(" "));
    }
    isBroken = false;
    const { code, out, err } = await run("retry", "--prefix", prefix, "--rate", "1000", "--json", "--reason", "repaired");
    assert.equal(code, 0, err);
    assert.deepEqual(JSON.parse(out), { instancesRewound: 3, instanceIds: ["a", "b", "c"].map((name) => prefix + name) });
    for (const name of ["a", "b", "c"]) assert.equal((await served.hub.client.waitForCompletion(prefix + name)).output, "done");
    assert.match((await run("retry", "--prefix", prefix)).out, /^0 instances were rewound\.$/m);
    assert.match((await run("retry", "--rate", "0")).err, /\[OPTION_INVALID\]/);
  });

  test(`retry ends after --top, and continues from the place that it has shown, by ${door}`, async () => {
    const prefix = `places${door}-`;
    const ids = ["a", "b", "c"].map((name) => prefix + name);
    isBroken = true;
    for (const instanceId of ids) {
      await served.hub.client.startNew(fails, { instanceId });
      await served.hub.client.waitForCompletion(instanceId);
    }
    const first = await run("retry", "--prefix", prefix, "--rate", "1000", "--top", "2");
    assert.match(first.out, /-a\n.*-b\n2 instances were rewound\.\n$/s);
    const place = / (--continuation=\S+)/.exec(first.err)?.[1] ?? "";
    const second = await run("retry", "--prefix", prefix, "--rate", "1000", place, "--json");
    assert.deepEqual(JSON.parse(second.out), { instancesRewound: 1, instanceIds: ids.slice(2) }, second.err);
    assert.match((await run("retry", "--continuation", "x")).err, /\[OPTION_INVALID\]/);
  });

  test(`restart --from restarts the ended instances of a filter, and none that it starts, by ${door}`, async () => {
    const prefix = `many${door}-`;
    const ids = ["a", "b", "c"].map((name) => prefix + name);
    for (const instanceId of ids) {
      await served.hub.client.startNew(twoSteps, { instanceId, input: "x" });
      await served.hub.client.waitForCompletion(instanceId);
    }
    await served.hub.client.startNew(waits, { instanceId: `${prefix}live` });
    const meant = ["--from", "2020-01-01", "--name", "twosteps", "--prefix", prefix, "--rate", "1000"];
    const dry = await run("restart", ...meant, "--dry-run");
    assert.match(dry.out, /-a\n.*-b\n.*-c\nDry run: 3 instances would be restarted\. Nothing was done\.\n$/s);
    const first = JSON.parse((await run("restart", ...meant, "--top", "1", "--json")).out);
    const rest = JSON.parse((await run("restart", ...meant, "--continuation", first.continuation, "--json")).out);
    assert.deepEqual([first.instancesRestarted, rest.instancesRestarted, rest.continuation], [1, 2, undefined]);
    const steps: readonly { instanceId: string; restartedAs: string }[] = [...first.instances, ...rest.instances];
    assert.deepEqual(
      steps.map(({ instanceId }) => instanceId),
      ids,
    );
    for (const { restartedAs } of steps) assert.equal((await served.hub.client.waitForCompletion(restartedAs)).output, "x1 2");
    const same = await run("restart", "--from", "2020-01-01", "--prefix", prefix, "--same-id", "--rate", "1000");
    assert.match(same.out, /-a as .*-a\n.*3 instances were restarted\.\n$/s);
    assert.match((await run("restart")).err, /<instance-id>, or --from TIME/);
    assert.match((await run("restart", "x", "--top", "1")).err, /either <instance-id> or --top, not both/);
  });

  test(`a dry run of a rewind shows what would be done, by ${door}`, async () => {
    const id = `dry${door}`;
    isBroken = true;
    await served.hub.client.startNew(fails, { instanceId: id });
    await served.hub.client.waitForCompletion(id);
    assert.match((await run("rewind", id, "--dry-run")).out, /1 episode taken back\nDry run: nothing was done\./);
    assert.equal(JSON.parse((await run("rewind", id, "--dry-run", "--json")).out).droppedEpisodes, 1);
    assert.equal((await served.hub.client.getStatus(id))?.runtimeStatus, "Failed");
  });

  test(`fork starts another instance from a point of the history, by ${door}`, async () => {
    const id = `origin${door}`;
    const steps = await served.hub.client.startNew(twoSteps, { instanceId: id, input: "x" });
    assert.equal(await steps.result({ timeout: "10s" }), "x1 2");
    const { code, out, err } = await run("fork", id, "--before", "second", "--results", '{"0":"y1"}', "--reason", "what if");
    assert.equal(code, 0, err);
    assert.equal((await served.hub.client.waitForCompletion(out.trim())).output, "y1 2");
    assert.equal((await served.hub.client.getStatus(out.trim()))?.tags?.["perdure.forkedFrom"], id);
    const events = JSON.parse((await run("history", id, "--json")).out).map((one: WireEvent) => [
      one.EventType,
      one.Position,
      one.Episode,
      one.EventId,
    ]);
    assert.deepEqual(events, [
      ["ExecutionStarted", 2, 1, null],
      ["TaskCompleted", 5, 2, 0],
      ["TaskCompleted", 9, 3, 1],
      ["ExecutionCompleted", 12, 3, null],
    ]);
    assert.match((await run("history", id)).out, /^5 +2 +0 +20\S+Z +TaskCompleted +First +\d+ ms +\d+ +Result=/m);
    const dry = await run("fork", id, "--checkpoint", "1", "--dry-run");
    assert.equal((await run("fork", id, "--event", "5", "--dry-run")).out, dry.out);
    assert.match(dry.out, /^a new instance\n {2}runs activity First \(event 0\)\n.*Dry run: nothing was started\.$/ms);
    assert.equal(JSON.parse((await run("fork", id, "--checkpoint", "1", "--dry-run", "--json")).out).instanceId, null);
    assert.match((await run("fork", id, "--checkpoint", "1", "--dry-run", "--id", "given")).out, /^given\n/);
    assert.match(
      (await run("fork", id, "--before", "Nothing")).err,
      /asked for no activity and no sub-orchestration "Nothing".*\[FORK_INVALID\]/,
    );
    const taken = await run("fork", id, "--checkpoint", "1", "--id", id);
    assert.match(taken.err, /exists and is Completed\. Choose another id, or give none\. \[INSTANCE_EXISTS\]/);
    assert.match((await run("fork", id)).err, /one of --before NAME, --event N and --checkpoint N/);
    assert.match((await run("fork", "nobody", "--checkpoint", "0")).err, /\[INSTANCE_NOT_FOUND\]/);
  });

  test(`fork --from forks the instances of a filter, passes over those without the point, and forks none of its forks, by ${door}`, async () => {
    const prefix = `forks${door}-`;
    const ids = ["a", "b"].map((name) => prefix + name);
    for (const instanceId of ids) {
      await served.hub.client.startNew(twoSteps, { instanceId, input: "x" });
      await served.hub.client.waitForCompletion(instanceId);
    }
    await served.hub.client.startNew(waits, { instanceId: `${prefix}live` });
    const meant = ["--from", "2020-01-01", "--prefix", prefix, "--before", "second", "--rate", "1000"];
    const dry = await run("fork", ...meant, "--dry-run");
    const PLAN = /-a\n {2}2 episodes taken back\n.*-b\n {2}2 .*\nDry run: 2 instances would be forked\. 1 other had no such point/s;
    assert.match(dry.out, PLAN);
    const none = JSON.parse((await run("fork", ...meant, "--name", "Waits", "--dry-run", "--json")).out);
    assert.deepEqual(none, { dryRun: true, instancesFound: 0, instanceIds: [], instancesWithoutPoint: 1 });

    const edits = ["--results", '{"0":"y1"}', "--as-version", "2.0", "--reason", "what if"];
    const first = JSON.parse((await run("fork", ...meant, ...edits, "--top", "1", "--json")).out);
    const rest = JSON.parse((await run("fork", ...meant, ...edits, "--continuation", first.continuation, "--json")).out);
    const forks: readonly { instanceId: string; forkedAs: string }[] = [...first.instances, ...rest.instances];
    assert.deepEqual([first.instancesForked, rest.instancesForked, forks.map(({ instanceId }) => instanceId)], [1, 1, ids]);
    for (const { instanceId, forkedAs } of forks) {
      const { output, version, tags } = await served.hub.client.waitForCompletion(forkedAs);
      assert.deepEqual([output, version, tags?.["perdure.forkedFrom"]], ["y1 2", "2.0", instanceId]);
    }
    const said = await run("fork", "--from", "2020-01-01", "--prefix", prefix, "--checkpoint", "0", "--rate", "1000");
    assert.match(said.out, /-a as \S+\n.*-b as \S+\n.*-live as \S+\n3 instances were forked\.\n$/s);
    assert.match((await run("fork", "--checkpoint", "0")).err, /<instance-id>, or --from TIME/);
    assert.match((await run("fork", "x", "--checkpoint", "0", "--version", "2")).err, /either <instance-id> or --version, not both/);
    assert.match((await run("fork", "--from", "2020-01-01", "--checkpoint", "0", "--id", "x")).err, /"--id" is "x"; expected no --id/);
  });
}
