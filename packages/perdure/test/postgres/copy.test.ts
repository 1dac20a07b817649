import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { entity, orchestrator } from "perdure";
import { runCommand } from "../../src/cli/testing/run-command.ts";
import { Folder } from "../../src/cli/testing/spawn-cli.ts";
import type { InstanceRow } from "../../src/store/rows.ts";
import { openStore } from "../../src/task-hub/open-store.ts";
import { TaskHub } from "../../src/task-hub/task-hub.ts";
import { sharedDatabase } from "./own-server.ts";

const counter = entity("Counter", {
  initialState: () => 0,
  operations: {
    add: (ctx, by: number) => {
      ctx.state += by;
    },
  },
});
const quick = orchestrator("Quick", async (ctx) => {
  ctx.entity(counter, "a").signal.add(1);
  return "x".repeat(40_000);
});
const waits = orchestrator("Waits", async (ctx) => ctx.waitForExternalEvent<string>("Go"));
const functions = [counter, quick, waits];

async function rowsOf(url: string): Promise<readonly Partial<InstanceRow>[]> {
  const store = await openStore(url);
  try {
    return (await store.dump()).instances.map(({ owner: _o, version: _v, wakeAt: _w, ...rest }) => rest);
  } finally {
    await store.close();
  }
}

test("from a file to PostgreSQL and back: the same instances, with the times of their ends; a backup is left to its own tools", async () => {
  using folder = new Folder();
  const { url } = await sharedDatabase();
  const run = (...args: readonly string[]) => runCommand(args, { cwd: folder.path });
  const file = `file:${join(folder.path, "hub.db")}`;
  {
    await using hub = await TaskHub.open(file, { functions, log: false });
    await hub.start();
    for (let n = 0; n < 300; n += 1) await hub.client.startNew(waits, { instanceId: `waits-${n}` });
    const done = await hub.client.startNew(quick, { instanceId: "done" });
    await done.result({ timeout: "20s" });
    while ((await hub.client.entity(counter, "a").state()) !== 1) await new Promise((resolve) => setTimeout(resolve, 5));
    await hub.client.waitForStart("waits-299");
  }
  const said = await run("copy", file, url);
  assert.deepEqual([said.code, said.err], [0, ""]);
  assert.match(said.out, /^302 instances copied to postgres:.*\.\n$/);
  const was = await rowsOf(file);
  assert.deepEqual(await rowsOf(url), was);
  assert.match((await run("copy", file, url)).err, /\[STORE_NOT_EMPTY\]/);
  assert.match((await run("backup", "x.db", "--store", url)).err, /pg_dump.*\[BACKUP_BY_SERVER\]/);
  assert.equal((await run("copy", url, "back.db")).code, 0);
  assert.deepEqual(await rowsOf(`file:${join(folder.path, "back.db")}`), was);
  await using hub = await TaskHub.open(url, { functions, log: false });
  await hub.start();
  await hub.client.raiseEvent("waits-7", "Go", "gone");
  assert.equal(await hub.client.handle(waits, "waits-7").result({ timeout: "20s" }), "gone");
});
