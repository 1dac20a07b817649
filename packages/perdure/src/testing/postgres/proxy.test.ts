import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { freshDatabase, withClient } from "./databases.ts";
import { openPostgresProxy } from "./proxy.ts";
import { sharedPostgres, TEST_SERVERS } from "./shared-server.ts";

const newest = TEST_SERVERS.at(-1) ?? "18";

test("the proxy swallows notifications, delays, cuts and refuses", { timeout: 30_000 }, async (t) => {
  const server = await sharedPostgres(newest);
  await using database = await freshDatabase(server);
  const proxy = await openPostgresProxy(server.url);
  t.after(() => proxy.close());
  const listener = new Client({ connectionString: proxy.url(database.url) });
  const heard: string[] = [];
  listener.on("notification", ({ payload }) => heard.push(payload ?? ""));
  listener.on("error", () => {});
  await listener.connect();
  await listener.query("LISTEN news");
  const notify = (what: string) => withClient(database.url, (client) => client.query("SELECT pg_notify('news', $1)", [what]));

  await notify("first");
  await until(() => heard.length === 1);
  proxy.swallowsNotifications = true;
  await notify("second");
  await until(() => proxy.notifications.swallowed === 1);
  proxy.swallowsNotifications = false;
  await notify("third");
  await until(() => heard.length === 2);
  assert.deepEqual({ heard, ...proxy.notifications }, { heard: ["first", "third"], passed: 2, swallowed: 1 });

  proxy.delayMs = 60;
  const before = performance.now();
  const big = await listener.query<{ readonly text: string }>("SELECT repeat('x', 300000) AS text");
  assert.equal(big.rows[0]?.text.length, 300_000);
  assert.ok(performance.now() - before >= 119, "there and back again");
  proxy.delayMs = 0;

  await withClient(database.url, (client) => client.query("CREATE TABLE done (n int)"));
  proxy.answersToCut = 1;
  await assert.rejects(listener.query("INSERT INTO done VALUES (1)"));
  await withClient(database.url, async (client) => assert.equal((await client.query("SELECT FROM done")).rowCount, 1));

  const second = new Client({ connectionString: proxy.url(database.url) });
  second.on("error", () => {});
  await second.connect();
  const broken = new Promise<void>((resolve) => second.once("end", resolve));
  assert.equal(proxy.cut(), 1);
  await broken;
  proxy.refuses = true;
  await assert.rejects(withClient(proxy.url(database.url), () => Promise.resolve()));
});

async function until(seen: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!seen()) {
    assert.ok(performance.now() < deadline, "not seen within 5 s");
    await sleep(5);
  }
}
