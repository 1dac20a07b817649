import assert from "node:assert/strict";
import { test } from "node:test";
import { Field } from "../testing/child.ts";
import { childApp } from "../testing/child-app.ts";
import { openStand } from "../testing/stand.ts";

/** A worker whose thread computes cannot renew meanwhile: leases are as long as in production, looks at the others are not. */
const ENGINE = { leaseMs: 10_000, renewEveryMs: 200, pollEveryMs: 100 };
const WHO = ["first", "second", "third"];
/** Of 120. Even parts would be a third; a process that the machine gives no core for some of these 80 ms has less: 16 were seen. */
const A_PART = 0.05;

function assertEach(names: readonly unknown[], share: number): void {
  const counts = WHO.map((who) => names.filter((name) => name === who).length);
  assert.ok(
    counts.every((count) => count >= share * names.length),
    `of ${names.length}: ${counts.join(", ")}`,
  );
}

test("three processes on one file share a fan-out, and the instances that one of them makes", { timeout: 60_000 }, async () => {
  await using field = new Field();
  const hosts = WHO.map((who) => field.host(who, { engine: ENGINE }));
  await Promise.all(hosts.map((host) => host.ready()));
  await using watch = await openStand({ store: "sqlite thread", file: field.file, functions: childApp(field.folder, "here"), workers: 0 });
  const { workers } = await watch.store.readWorkers();
  assert.equal(workers.length, 3);
  const seen = new Map(workers.map(({ worker, renewals }) => [worker, renewals]));
  await watch.until("they know of each other", async () => {
    const now = (await watch.store.readWorkers()).workers;
    return now.every(({ worker, renewals, load }) => load !== null && renewals > (seen.get(worker) ?? 0) + 1);
  });

  await watch.client.startNew("fans", { instanceId: "fan", input: { count: 120, ms: 2 } });
  const tasks = (await watch.end("fan")).output as string[];
  assert.equal(tasks.length, 120);
  assertEach(tasks, A_PART);

  await watch.client.startNew("crowd", { instanceId: "crowd", input: { count: 120, ms: 2 } });
  const parts = (await watch.end("crowd")).output as [string, string][];
  assert.equal(parts.length, 120);
  assertEach(
    parts.map(([owner]) => owner),
    A_PART,
  );
  assertEach(
    parts.map(([, runner]) => runner),
    A_PART,
  );
  for (const host of hosts) await host.kill();
});
