import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestHub } from "perdure/testing";
import { agent, ask, decided, useTool } from "./index.ts";

const functions = [agent, ask, useTool];

test("what it wants to do is done when a person allows it", async () => {
  await using hub = await createTestHub({ functions });
  const run = await hub.client.startNew(agent, { input: "Please refund order 12" });
  await run.raiseEvent(decided, { allowed: true, by: "Grace" });
  assert.match(await hub.result(run), /order 12 is refunded/);
  await hub.verify();
});

test("and not without", async () => {
  await using hub = await createTestHub({ functions });
  const run = await hub.client.startNew(agent, { input: "Please refund order 12" });
  await run.raiseEvent(decided, { allowed: false, by: "Grace" });
  assert.match(await hub.result(run), /it was not allowed/);
});
