import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestHub } from "perdure/testing";
import { approval, decided, pay } from "./index.ts";

const functions = [approval, pay];
const input = { who: "Ada", amount: 120 };

test("an approved expense is paid", async () => {
  await using hub = await createTestHub({ functions });
  const run = await hub.client.startNew(approval, { input });
  await run.raiseEvent(decided, { approved: true, by: "Grace" });
  assert.equal(await hub.result(run), "120 paid to Ada, approved by Grace");
  await hub.verify();
});

test("a refused one is not", async () => {
  await using hub = await createTestHub({ functions });
  const run = await hub.client.startNew(approval, { input });
  await run.raiseEvent(decided, { approved: false, by: "Grace" });
  assert.equal(await hub.result(run), "refused by Grace");
});

test("after three days it is too late, which takes a test milliseconds", async () => {
  await using hub = await createTestHub({ functions });
  const run = await hub.client.startNew(approval, { input });
  await hub.advance("3d");
  assert.equal(await hub.result(run), "not decided within 3 days");
});
