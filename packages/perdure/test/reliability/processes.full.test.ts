import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { TaskHub } from "perdure";
import { Field, SHORT_LEASE } from "../testing/child.ts";
import { childApp, ledgerOf } from "../testing/child-app.ts";
import { here } from "./poison-stops.testsuite.ts";

/** Started by a client without a worker, so that the child runs it. */
async function startedIn(field: Field, who: string, id: string, name = "gatedOnce") {
  const host = field.host(who);
  await host.ready();
  const watch = await here(field, 0);
  await watch.client.startNew(name, { instanceId: id });
  const runs = ledgerOf(field.folder, "runs");
  await watch.until(`${id} runs in ${who}`, () => runs.count(id) === 1);
  return { host, watch, runs };
}

test("progress that an activity reported is there for its next attempt when the process was killed a second later", async () => {
  await using field = new Field();
  const started = await startedIn(field, "child", "beats", "beatsOnce");
  await using watch = started.watch;
  const { host } = started;
  await watch.until(
    "the heartbeat is durable",
    async () => (await watch.store.dump()).tasks.some(({ progress }) => progress !== null),
    1_000,
  );
  await host.kill();
  await using stand = await here(field);
  await stand.expectEnd("beats", "Completed", { progress: { done: 7 }, who: "here" });
});

test("calls that were in line when their orchestration ended run although their process is killed behind that end", async () => {
  await using field = new Field();
  const host = field.host("child", { engine: { ...SHORT_LEASE, maxConcurrentActivities: 1 } });
  await host.ready();
  await using watch = await here(field, 0);
  field.open("race-1");
  await watch.client.startNew("firstOfFour", { instanceId: "race" });
  await watch.expectEnd("race", "Completed", "child");
  const runs = ledgerOf(field.folder, "runs");
  await watch.until("the third call runs: the second had begun when the first ended", () => runs.count("race") === 3);
  await host.kill();
  for (const run of [4, 5]) field.open(`race-${run}`);
  await using stand = await here(field);
  await stand.until("the third call runs again, and the fourth", () => runs.count("race") === 5);
  await stand.until("their rows are gone", async () => (await stand.store.dump()).tasks.length === 0);
  assert.equal((await stand.history("race")).filter(({ kind }) => kind === "TaskCompleted").length, 1);
});

test("case 34: an instance whose stored history cannot be read is stopped with the reason, its neighbours finish", async () => {
  await using field = new Field();
  const first = await here(field);
  for (const id of ["damaged", "whole"]) {
    await first.client.startNew("relays", { instanceId: id, input: 1 });
    await first.until(`${id} waits`, async () =>
      (await first.store.dump()).instances.some((row) => row.instanceId === id && row.status === "Running" && row.owner === null),
    );
  }
  const { no } = (await first.store.dump()).instances.find(({ instanceId }) => instanceId === "damaged") ?? {};
  assert.ok(no !== undefined);
  await first.close();
  const file = new DatabaseSync(field.file);
  file.prepare("UPDATE history SET events = '[{\"kind\":' WHERE no = ?").run(no);
  file.close();

  const hub = await TaskHub.open(`file:${field.file}`, { functions: childApp(field.folder, "again"), engine: SHORT_LEASE });
  await hub.start();
  for (const id of ["damaged", "whole"]) await hub.client.raiseEvent(id, "Number", 1);
  assert.deepEqual(await hub.client.handle("relays", "whole").result({ timeout: "10s" }), [1]);
  let stopped: { readonly code: string } | null = null;
  for (const until = Date.now() + 5_000; stopped === null && Date.now() < until; await sleep(10)) {
    stopped = (await hub.client.getStatus("damaged"))?.stopped ?? null;
  }
  assert.equal(stopped?.code, "STORED_DATA_UNREADABLE");
  await hub.close();
});
