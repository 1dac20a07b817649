import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogEntry } from "perdure";
import { createTestHub } from "perdure/testing";
import * as app from "./index.ts";

const functions = [app.monitor, app.alert, app.watchSites, app.stopWatching, app.outgoing];
const startsAt = new Date("2026-06-01T00:00:00Z");

/** A hub whose sites answer with what `statusOf` says, and when they were asked. */
async function openHub(sites: readonly string[], statusOf: (time: string) => number | Promise<number>) {
  app.sites.splice(0, app.sites.length, ...sites);
  const alerts: string[] = [];
  const log = { enabled: () => true, write: ({ message, level }: LogEntry) => void (level === "warn" && alerts.push(message)) };
  const looks: { readonly site: string; readonly time: string }[] = [];
  const hub = await createTestHub({
    functions,
    startsAt,
    log,
    http: async ({ url }) => {
      const time = hub.now.toISOString().slice(8, 16);
      looks.push({ site: new URL(url).hostname, time });
      return new Response(null, { status: await statusOf(time) });
    },
  });
  const status = async (site: string) => {
    const found = await hub.client.getStatus(`monitor-${site}`, { showHistory: true });
    assert.ok(found !== null);
    return found;
  };
  return { hub, looks, alerts, status };
}

test("the timer starts a monitor for each site once, and each looks every ten minutes for days without drift or growth", async () => {
  const { hub, looks, status } = await openHub(["https://a.example/", "https://b.example/"], () => 200);
  await using _ = hub;
  await hub.advance("2d");
  const instances = await Array.fromAsync(hub.client.query());
  assert.deepEqual(
    instances.map(({ instanceId }) => instanceId),
    ["monitor-a.example", "monitor-b.example"],
  );
  const times = looks.filter(({ site }) => site === "a.example").map(({ time }) => time);
  // From 04:00 UTC, which is six in Berlin, to midnight of the second day.
  assert.equal(times.length, 6 * 44 + 1);
  assert.deepEqual([times[0], times[1], times[2], times.at(-1)], ["01T04:00", "01T04:10", "01T04:20", "03T00:00"]);
  const { history = [], customStatus } = await status("a.example");
  assert.ok(history.length <= 12, `${history.length} events`);
  assert.deepEqual(customStatus, { isUp: true, failures: 0, at: "2026-06-03T00:00:00.000Z" });
  await hub.verify();
});

test("a site that fails three times in a row is reported once; one that comes back is well again", async () => {
  const isDown = (time: string) => time >= "01T05:00" && time < "01T06:00";
  const { hub, alerts, status } = await openHub(["https://c.example/"], (time) => (isDown(time) ? 503 : 200));
  await using _ = hub;
  await hub.advance("5h");
  await hub.advance("45m");
  assert.deepEqual((await status("c.example")).customStatus, { isUp: false, failures: 5, at: "2026-06-01T05:40:00.000Z" });
  await hub.advance("90m");
  assert.deepEqual((await status("c.example")).customStatus, { isUp: true, failures: 0, at: "2026-06-01T07:10:00.000Z" });
  assert.deepEqual(alerts, ["https://c.example/ has not answered 3 times"]);
});

test("a monitor stops on request, and stays so", async () => {
  const { hub, looks, status } = await openHub(["https://d.example/"], () => 200);
  await using _ = hub;
  await hub.advance("12h");
  await hub.client.raiseEvent("monitor-d.example", app.stop);
  await hub.flush();
  const stopped = await status("d.example");
  assert.deepEqual([stopped.runtimeStatus, stopped.output], ["Completed", "no longer watched: https://d.example/"]);
  const before = looks.length;
  await hub.advance("12h");
  assert.equal(looks.length, before);
});

test("a request to stop that comes during a look stops the monitor after it", async () => {
  const { hub, looks, status } = await openHub(["https://e.example/"], async (time) => {
    if (time === "01T05:00") await hub.client.raiseEvent("monitor-e.example", app.stop);
    return 200;
  });
  await using _ = hub;
  await hub.advance("12h");
  assert.deepEqual((await status("e.example")).output, "no longer watched: https://e.example/");
  assert.equal(looks.at(-1)?.time, "01T05:00");
});
