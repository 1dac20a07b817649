import assert from "node:assert/strict";
import { test } from "node:test";
import { Field, SHORT_LEASE } from "../testing/child.ts";
import { childApp } from "../testing/child-app.ts";
import { openStand } from "../testing/stand.ts";

test("case 34: an activity that runs out of memory is stopped as poison, its neighbours finish", { timeout: 120_000 }, async () => {
  await using field = new Field();
  await using watch = await openStand({
    store: "sqlite thread",
    file: field.file,
    functions: childApp(field.folder, "here"),
    engine: SHORT_LEASE,
    workers: 0,
  });
  await watch.client.startNew("dies", { instanceId: "hungry", input: "memory" });
  for (let n = 0; n < 5; n++) await watch.client.startNew("records", { instanceId: `neighbour-${n}`, input: 3 });
  const stopped = async () => (await watch.client.getStatus("hungry"))?.stopped ?? null;
  for (let deaths = 0; (await stopped()) === null; deaths++) {
    assert.ok(deaths < 15, `not stopped after ${deaths} deaths`);
    const host = field.host("child", {}, ["--max-old-space-size=64"]);
    while (host.isRunning && (await stopped()) === null) await new Promise((resolve) => setTimeout(resolve, 20));
    if (host.isRunning) await host.kill();
  }
  const host = field.host("child");
  await host.ready();
  for (let n = 0; n < 5; n++) await watch.expectEnd(`neighbour-${n}`, "Completed", 3);
  await host.kill();
});
