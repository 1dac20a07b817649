import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openConsole } from "../../src/console/open-console.ts";
import { createHttpHandler } from "../../src/http/index.ts";
import { createMemoryStore } from "../../src/stores/memory/memory-store.ts";
import { TaskHub } from "../../src/task-hub/task-hub.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";
import { API, ORIGIN } from "./testing/stage.ts";
import { messagesOf, next } from "./testing/stream-reader.ts";

test("one look at the store serves all open pages, and without one there is none", { timeout: 60_000 }, async () => {
  let counts = 0;
  const store = interceptStore(createMemoryStore({ now: () => Date.now() }), (method, call) => {
    if (method === "count") counts += 1;
    return call();
  });
  await using hub = await TaskHub.open("", { store, log: false });
  const handler = createHttpHandler(hub, { mounts: [openConsole(hub)] });
  const open = async () => messagesOf(await handler(new Request(`${ORIGIN}${API}/stream`)));
  await sleep(1_000);
  assert.equal(counts, 0);

  const pages = [await open()];
  await next(pages[0]!, "tick");
  const oneLook = counts;
  assert.ok(oneLook > 0);
  pages.push(await open(), await open());
  await Promise.all(pages.slice(1).map((page) => next(page, "tick")));
  assert.equal(counts, oneLook, "a page that is opened has its first at once, which is what the other was told");
  await Promise.all(pages.map((page) => next(page, "tick")));
  assert.equal(counts, 2 * oneLook, "and then all have the same");

  await Promise.all(pages.map((page) => page.return(undefined)));
  await sleep(5_000);
  assert.ok(counts <= 3 * oneLook, `${counts / oneLook} looks`);
});
