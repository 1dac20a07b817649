import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PerdureError, TaskHub } from "perdure";
import { openStore } from "../../src/task-hub/open-store.ts";
import { withClient } from "../../src/testing/postgres/databases.ts";
import { freePort } from "../../src/testing/postgres/free-port.ts";
import { openPostgresProxy } from "../../src/testing/postgres/proxy.ts";
import { sharedDatabase } from "../postgres/own-server.ts";
import type { Mood } from "./away-hub.testsuite.ts";
import { AwayHub } from "./away-hub.testsuite.ts";
import { runCutStarts } from "./starts.testsuite.ts";

runCutStarts({ isNew: 31, isThere: 11 });

test("a server that comes up after the host is waited for", async () => {
  await using database = await sharedDatabase();
  const proxy = await openPostgresProxy(database.url);
  try {
    proxy.refuses = true;
    const opening = TaskHub.open(proxy.url(database.url), { log: false, storeTimeout: "20s" });
    setTimeout(() => {
      proxy.refuses = false;
    }, 600);
    const hub = await opening;
    await hub.start();
    await hub.close();
  } finally {
    await proxy.close();
  }
});

describe("what no later attempt would fix fails at once, in words", () => {
  const atOnce = async (url: string, text: RegExp) => {
    const began = performance.now();
    await assert.rejects(openStore(url, { openTimeoutMs: 60_000 }), (error) => {
      assert.ok(error instanceof PerdureError);
      assert.equal(error.code, "STORE_UNREACHABLE");
      assert.match(error.message, text);
      return true;
    });
    assert.ok(performance.now() - began < 10_000);
  };

  test("an unknown database, and a role that may not make the schema", async () => {
    await using database = await sharedDatabase();
    const unknown = new URL(database.url);
    unknown.pathname = "/nowhere";
    await atOnce(unknown.href, /database "nowhere" does not exist/);
    const role = `guest_${database.name.slice(-8)}`;
    await withClient(database.url, (client) => client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`));
    const guest = new URL(database.url);
    guest.username = role;
    guest.password = "x";
    await atOnce(guest.href, /permission denied for database/);
    await withClient(database.url, (client) => client.query(`DROP ROLE ${role}`));
    guest.username = "nobody_at_all";
    await atOnce(guest.href, /role "nobody_at_all" does not exist|authentication failed/);
  });
});

test("a server that never comes is given up in time", async () => {
  const began = performance.now();
  const opening = TaskHub.open(`postgres://me@127.0.0.1:${await freePort()}/app`, { log: false, storeTimeout: "1s" });
  await assert.rejects(opening, { code: "STORE_UNREACHABLE" });
  const tookMs = performance.now() - began;
  assert.ok(tookMs > 500 && tookMs < 8_000, `${tookMs} ms`);
});

describe("a worker that starts while its store is away", () => {
  for (const mood of ["full", "locked", "lost", "done", "hangs"] as const satisfies readonly Mood[]) {
    test(`joins when it is back (${mood}), and gives up in words when it stays away`, async () => {
      for (const backAfterMs of [5_000, null]) {
        await using hub = await AwayHub.open({ functions: [], worker: false });
        hub.mood = mood;
        if (backAfterMs !== null)
          hub.sim.world.after(backAfterMs, () => {
            hub.mood = "answers";
          });
        if (mood === "hangs" && backAfterMs === null) continue; // every call of a real store ends
        const { afterMs, error } = await hub.settled(hub.worker.start());
        if (backAfterMs !== null) {
          assert.equal(error, null);
          assert.equal(hub.worker.phase, "running");
          assert.ok(afterMs < 20_000, `${afterMs} ms`);
        } else {
          assert.ok(error instanceof PerdureError && error.code === "STORE_UNAVAILABLE", String(error));
          assert.ok(afterMs > 20_000 && afterMs <= 34_000, `${afterMs} ms`);
        }
      }
    });
  }
});
