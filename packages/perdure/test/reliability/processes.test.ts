import assert from "node:assert/strict";
import { test } from "node:test";
import { Field } from "../testing/child.ts";
import { ledgerOf } from "../testing/child-app.ts";
import { frozenCase, killedCase, onFile } from "./fencing.testsuite.ts";
import { here } from "./poison-stops.testsuite.ts";

// On PostgreSQL, and a worker that was stalled: fencing.full.test.ts. More that begins in one process and ends in another: processes.full.test.ts.
frozenCase("SQLite", onFile);
killedCase("SQLite", onFile);

test("two processes share one file: everything ends once, and each had a part in it", async () => {
  await using field = new Field();
  const hosts = [field.host("one"), field.host("two")];
  for (const host of hosts) await host.ready();
  await using watch = await here(field, 0);
  const ids = Array.from({ length: 60 }, (_, n) => `shared-${n}`);
  await Promise.all(ids.map((id, n) => watch.client.startNew(n % 3 === 0 ? "parent" : "records", { instanceId: id, input: 3 })));
  for (const id of ids) await watch.expectEnd(id, "Completed", 3);
  await watch.check();
  const runs = ledgerOf(field.folder, "runs").lines();
  assert.equal(new Set(runs).size, runs.length, "an activity ran twice though no worker died");
  for (const host of hosts) await host.kill();
});

test("shutdown fires the signal of running activities and hands their instances back, for another process to finish", async () => {
  await using field = new Field();
  const stopping = await here(field);
  await stopping.client.startNew("hears", { instanceId: "handed-over" });
  const runs = ledgerOf(field.folder, "runs");
  await stopping.until("it runs", () => runs.count("handed-over") === 1);
  await stopping.close();
  assert.deepEqual(runs.lines(), ["handed-over", "heard ACTIVITY_ABORTED"]);
  field.open("handed-over");
  await using stand = await here(field);
  await stand.expectEnd("handed-over", "Completed", "here");
  assert.ok(
    (await stand.history("handed-over")).every((event) => event.kind !== "TaskFailed"),
    "a shutdown was recorded as a failure",
  );
});
