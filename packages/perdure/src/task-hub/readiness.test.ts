import assert from "node:assert/strict";
import { it } from "node:test";
import { createHttpHandler } from "../http/index.ts";
import type { Store } from "../store/contract.ts";
import { createMemoryStore } from "../stores/memory/memory-store.ts";
import { TaskHub } from "./task-hub.ts";

/** A store whose answer to "who is there?" is up to the test. */
function storeWith(readWorkers: (real: Store) => ReturnType<Store["readWorkers"]>): Store {
  const store = createMemoryStore({ now: Date.now });
  return new Proxy(store, {
    get: (real, name) => {
      const value: unknown = Reflect.get(real, name);
      if (name === "readWorkers") return () => readWorkers(real);
      return typeof value === "function" ? value.bind(real) : value;
    },
  });
}

it("a hub is ready from its start to its close, as /readyz says", async () => {
  const hub = await TaskHub.open("memory:");
  const handler = createHttpHandler(hub);
  const ready = async () => (await (await handler(new Request("http://pod-7:7071/readyz"))).json()) as unknown;
  assert.deepEqual(await ready(), { status: "ready" }, "a pure client");
  const starting = hub.start();
  assert.deepEqual(await ready(), { status: "starting" });
  await starting;
  assert.deepEqual(await ready(), { status: "ready" });
  const closing = hub.close();
  assert.deepEqual(await ready(), { status: "draining" });
  await closing;
  assert.equal((await handler(new Request("http://pod-7:7071/readyz"))).status, 503);
  assert.equal((await handler(new Request("http://pod-7:7071/healthz"))).status, 200);
});

it("a hub whose store fails, or does not answer, is not ready", async () => {
  for (const answer of [() => Promise.reject(new Error("away")), () => new Promise<never>(() => {})]) {
    await using hub = await TaskHub.open("", { store: storeWith(answer), acceptTimeout: "2s" });
    assert.equal(await hub.readiness(), "storeUnavailable");
  }
});
