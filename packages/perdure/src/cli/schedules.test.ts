import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { entity } from "../functions/entity.ts";
import { orchestrator } from "../functions/orchestrator.ts";
import { schedule, timer } from "../functions/schedule.ts";
import { TaskHub } from "../task-hub/task-hub.ts";
import { runCommand } from "./testing/run-command.ts";

test("perdure schedules lists them, and pauses, resumes and triggers one", async () => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-schedules-"));
  const schedules = async (...args: readonly string[]) => {
    const { code, out, err } = await runCommand(["schedules", ...args, "--store", "file:hub.db"], { cwd: folder });
    return code === 0 ? out : `${code}: ${err}`;
  };
  const report = orchestrator("Report", async () => "done");
  const cart = entity("Cart", {
    initialState: () => 0,
    operations: {
      put: (ctx, many: number) => {
        ctx.state += many;
      },
    },
  });
  const functions = [
    report,
    schedule("nightly report", "0 2 * * *", report, { timeZone: "Europe/Berlin" }),
    timer("leap", "0 0 29 2 *", () => {}),
    cart,
  ];
  try {
    await using hub = await TaskHub.open(`file:${join(folder, "hub.db")}`, { functions, log: false, drainTimeout: "1s" });
    await hub.start();
    for (let out = ""; !/^leap +active +\d{4}-02-29T00:00:00Z /m.test(out); ) out = await schedules("list");
    assert.match(
      await schedules("list"),
      /^NAME +STATE +NEXT +LAST +SCHEDULE +STARTS +PROBLEM\nleap .* 0 0 29 2 \* UTC +\(timer\)\nnightly report +active .* 0 2 \* \* \* Europe\/Berlin +Report\n$/,
    );
    assert.equal(await schedules("pause", "LEAP"), 'Schedule "LEAP" is paused.\n');
    const state = async () => (JSON.parse(await schedules("list", "--json")) as readonly { readonly state: string }[])[0]?.state;
    while ((await state()) !== "paused");
    assert.equal(await schedules("resume", "leap", "--json"), '{"name":"leap","operation":"resume","accepted":true}\n');
    while ((await state()) !== "active");
    await schedules("trigger", "nightly report");
    while (!/nightly report:\d{4}-/.test(await schedules("list", "--json")));
    assert.match(
      await schedules("trigger", "nightly"),
      /^1: .*There is no active or paused schedule "nightly" .*Known ones: "leap", "nightly report"/,
    );
    // What is part of Perdure is in no list, and no client starts it.
    await hub.client.entity(cart, "a").signal.put(1);
    const perdure = async (...args: readonly string[]) => {
      const { code, out, err } = await runCommand([...args, "--store", "file:hub.db"], { cwd: folder });
      return code === 0 ? out : err;
    };
    const ENTITIES = /^ENTITY .*\ncart +a +20\S+Z\s*\n$/;
    for (let out = ""; !ENTITIES.test(out); ) {
      out = await perdure("entities", "list", "--empty");
      assert.doesNotMatch(out, /schedule/);
    }
    assert.deepEqual(
      (await Array.fromAsync(hub.client.queryEntities({ showEmpty: true }))).map(({ id }) => id),
      ["@cart@a"],
    );
    const listed = JSON.parse(await perdure("list", "--json")).map((one: { instanceId: string }) => one.instanceId.split(":")[0]);
    assert.deepEqual(listed, ["nightly report"]);
    assert.deepEqual([await perdure("count"), await perdure("count", "--prefix", "@")], ["1 instance\n", "1 instance\n"]);
    assert.match(await perdure("list", "--prefix", "@cart"), /^@cart@a /m);
    assert.match(await perdure("list", "--prefix", "@@"), /^@@schedule:leap .* Running /m);
    assert.doesNotMatch(await perdure("audit"), /schedule/);
    assert.match(await perdure("audit", "@@schedule:leap"), /continueAsNew +@@schedule:leap .* (1 time|\d+ times) since /);
    for (const command of ["status", "history", "why"])
      assert.doesNotMatch(await perdure(command, "@@schedule:leap"), /^perdure: /, command);
    assert.match(await perdure("terminate", "@@schedule:leap"), /\[INSTANCE_ID_INVALID\]/);
    assert.match(
      await perdure("start-new", "@@schedule"),
      /The following are the known orchestrator functions: 'Report'\..*\[FUNCTION_UNKNOWN\]/,
    );
    assert.match(await schedules("stop", "leap"), /^2: .*"list", or "pause", "resume" or "trigger" and a <name>/);
    assert.match(await schedules("pause"), /^2: /);
    assert.match(await schedules("list", "leap"), /^2: /);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
