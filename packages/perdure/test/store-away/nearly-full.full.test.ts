import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { LogEntry } from "perdure";
import { activity, orchestrator, TaskHub } from "perdure";
import { until } from "../../src/process/testing/until.ts";
import { openSqliteStore } from "../../src/stores/sqlite/sqlite-store.ts";
import { checkDump } from "../../src/testing/invariants/check-dump.ts";
import { fill, mountDisk } from "../testing/small-disk.ts";

const LARGE = 8_000_000;

test("a real disk with 2 MB left: small commits fit, one of 8 MB waits until there is room, and its activity ran once", async (t) => {
  const disk = mountDisk("32m");
  if (disk === null) {
    t.skip("needs the right to mount a file system");
    return;
  }
  t.after(disk.close);
  let runs = 0;
  const large = activity("large", () => {
    runs += 1;
    return randomBytes(LARGE / 2).toString("hex");
  });
  const small = activity("small", (n: number) => n);
  const bulky = orchestrator("bulky", async (ctx) => ((await ctx.callActivity(large)) as string).length);
  const chain = orchestrator("chain", async (ctx) => {
    for (let n = 0; n < 10; n++) await ctx.callActivity(small, n);
    return "done";
  });
  const log: LogEntry[] = [];
  const said = (event: string) => log.some((entry) => entry.event === event);
  const file = join(disk.path, "hub.db");
  const options = {
    functions: [large, small, bulky, chain],
    log: { enabled: () => true, write: (entry: LogEntry) => void log.push(entry) },
  };
  const hub = await TaskHub.open(`file:${file}`, options);
  await hub.start();
  await (await hub.client.startNew(chain)).result();
  fill(join(disk.path, "filler"), 2_000_000);
  const waits = await hub.client.startNew(bulky);
  await until("it is put aside", () => said("instance.waits-for-room"), 30_000);
  for (let n = 0; n < 5; n++) assert.equal(await (await hub.client.startNew(chain)).result({ timeout: "30s" }), "done");
  rmSync(join(disk.path, "filler"));
  assert.equal(await waits.result({ timeout: "60s" }), LARGE);
  assert.equal(runs, 1);
  assert.ok(!said("instance.stopped"));
  await hub.close();
  const again = await openSqliteStore({ path: file, thread: "inline" });
  assert.deepEqual(await again.integrity?.(), []);
  assert.deepEqual(checkDump(await again.dump(), { atRest: false }), []);
  await again.close();
});
