import assert from "node:assert/strict";
import { test } from "node:test";
import { newState } from "../../core/state.ts";
import { executionId, instanceId, instanceNo } from "../../model/ids.ts";
import { ActiveInstance } from "../instances/instance.ts";
import { MailOrder } from "./mail-order.ts";

function instance(no: number): ActiveInstance {
  const labels = { version: null, parent: null, tags: null, startAt: null, generation: 0, input: null, customStatus: null };
  const names = { no: instanceNo(no), instanceId: instanceId(`i-${no}`), name: "Order", executionId: executionId("e") };
  const state = newState({ ...names, ...labels, createdAt: 0 });
  return new ActiveInstance({ state, version: 0, crashes: 0, poisonCodeVersions: [], createdAt: 0, now: 0, gated: false });
}

test("what an instance sends goes straight into memory only once the inboxes were read since it came from another worker", () => {
  const order = new MailOrder();
  const target = instance(1);
  const [born, adopted] = [instance(2), instance(3)];
  const before = order.beginRead();
  order.readAfresh(adopted);
  assert.deepEqual([order.mayGoFrom(born, target), order.mayGoFrom(adopted, target)], [true, false]);
  order.wasRead(before);
  assert.equal(order.mayGoFrom(adopted, target), false);
  order.wasRead(order.beginRead());
  assert.equal(order.mayGoFrom(adopted, target), true);
});

test("a moment is read once a read that began after it is over, and stays so", () => {
  const order = new MailOrder();
  const early = order.beginRead();
  const moment = order.now();
  const late = order.beginRead();
  order.wasRead(early);
  assert.equal(order.wasReadAt(moment), false);
  order.wasRead(late);
  order.wasRead(early);
  assert.equal(order.wasReadAt(moment), true);
});
