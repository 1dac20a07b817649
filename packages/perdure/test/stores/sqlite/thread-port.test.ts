import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { MessagePort } from "node:worker_threads";
import { openSqliteStore } from "../../../src/stores/sqlite/sqlite-store.ts";
import { Hand, refused, spec } from "../../../src/testing/store-conformance/hub.ts";
import { temporaryFolder } from "./fixture.testsuite.ts";

/** Makes the next message to a writer's thread one that kills it. */
function poisonNextMessage(): void {
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (this: MessagePort) {
    MessagePort.prototype.postMessage = postMessage;
    postMessage.call(this, { kind: "run", at: 0, operations: null });
  };
}

test("a writer's thread that dies: the outcome is unknown, the next call finds a new thread, the marker tells", async () => {
  const folder = temporaryFolder();
  const store = await openSqliteStore({ path: join(folder.path, "hub.db") });
  const hand = await Hand.join(store, {});
  poisonNextMessage();
  const batch = hand.batch({});
  const [lost, alsoLost] = [store.commit(batch), store.start({ start: spec("i"), onExisting: "error" })];
  assert.match((await refused(lost, "unknown")).detail, /thread has died/);
  await refused(alsoLost, "unknown");
  hand.fence = (await store.refence({ worker: hand.worker, fence: hand.fence, token: "new" })).fence;
  assert.equal(await store.readMarker(batch), null);
  await store.commit({ ...batch, fence: hand.fence });
  assert.equal((await store.start({ start: spec("i"), onExisting: "error" })).outcome, "started");
  await store.close();
  folder.remove();
});

test("a call that cannot be copied to the thread fails alone", async () => {
  const folder = temporaryFolder();
  const store = await openSqliteStore({ path: join(folder.path, "hub.db") });
  const bad = { ...spec("bad"), tags: { uncloneable: (() => {}) as unknown as string } };
  const calls = [spec("a"), bad, spec("b")].map((start) => store.start({ start, onExisting: "error" }));
  assert.deepEqual(
    (await Promise.allSettled(calls)).map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  await store.close();
  folder.remove();
});

test("calls of one moment are answered in their order, and close waits for them", async () => {
  const folder = temporaryFolder();
  const store = await openSqliteStore({ path: join(folder.path, "hub.db") });
  const order: number[] = [];
  const calls = Array.from({ length: 3_000 }, () => store.reserveNumbers(1).then(({ first }) => order.push(first)));
  const closed = store.close();
  await Promise.all(calls);
  await closed;
  assert.deepEqual(
    order,
    Array.from({ length: 3_000 }, (_, index) => index + 1),
  );
  await assert.rejects(store.reserveNumbers(1), /was closed/);
  folder.remove();
});
