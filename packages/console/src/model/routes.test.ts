import assert from "node:assert/strict";
import { test } from "node:test";
import { hrefOf, instanceHref, parseRoute } from "./routes.ts";

test("an address names a screen, what it is about, and how it is shown", () => {
  const route = parseRoute("#/instances/order%2F1/history?find=a%20b&failed=1");
  assert.equal(route?.screen, "instance");
  assert.deepEqual(route?.path, ["order/1", "history"]);
  assert.deepEqual(Object.fromEntries(route?.query ?? []), { find: "a b", failed: "1" });
  assert.equal(parseRoute("")?.screen, "instances");
  assert.equal(parseRoute("#/")?.screen, "instances");
  assert.equal(parseRoute("#/instances/")?.screen, "instances");
  assert.equal(parseRoute("#/failures?group=a")?.query.get("group"), "a");
  assert.deepEqual(parseRoute("#/instances/100%")?.path, ["100%"]);
});

test("what is no screen is none", () => {
  for (const hash of ["#/nothing", "#/instance", "#x"]) assert.equal(parseRoute(hash), null);
});

test("an address comes back as it was", () => {
  for (const id of ["order-1", "a/b", "?#%", "@@counter@a b", "ä"]) {
    assert.deepEqual(parseRoute(instanceHref(id))?.path, [id]);
    assert.deepEqual(parseRoute(instanceHref(id, "history"))?.path, [id, "history"]);
  }
  assert.equal(hrefOf("workers"), "#/workers");
  assert.equal(hrefOf("instances", [], { status: "Failed" }), "#/instances?status=Failed");
});
