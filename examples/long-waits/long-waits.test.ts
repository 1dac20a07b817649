import assert from "node:assert/strict";
import { test } from "node:test";
import { Folder } from "../lib/folder.ts";
import { TestClock } from "../lib/test-clock.ts";
import type { StartBody, TestHost } from "../lib/test-host.ts";
import { bodyOf, postJson, startTestHost, untilEnded } from "../lib/test-host.ts";
import type { Trial } from "./index.ts";
import * as app from "./index.ts";

const start = async (host: TestHost, trial: Trial) => bodyOf<StartBody>(await postJson(`${host.url}/api/StartTrial`, trial));
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 100));
const firings = async (host: TestHost, id: string) =>
  (await host.hub.client.getStatus(id, { showHistory: true }))?.history?.filter((event) => event.kind === "TimerFired") ?? [];

test("a timer of 90 days fires once, and never early", async () => {
  const clock = new TestClock();
  await using host = await startTestHost(app, { clock });
  const ada = await start(host, { customer: "Ada", days: 90 });
  const bob = await start(host, { customer: "Bob", days: 30 });
  clock.pass({ days: 89 });
  assert.equal((await untilEnded(bob.statusQueryGetUri)).output, "Bob: your 30 days are over");
  await aMoment();
  assert.equal((await fetch(ada.statusQueryGetUri)).status, 202);
  clock.pass({ days: 1 });
  assert.equal((await untilEnded(ada.statusQueryGetUri)).output, "Ada: your 90 days are over");
  assert.equal((await firings(host, ada.id)).length, 1);
  const [fired] = await firings(host, ada.id);
  assert.ok(fired?.kind === "TimerFired" && fired.ts >= fired.fireAt);
});

test("a clock that is set back delays nothing that was due, and fires nothing early", async () => {
  const clock = new TestClock();
  await using host = await startTestHost(app, { clock });
  const ada = await start(host, { customer: "Ada", days: 90 });
  clock.pass({ days: 60 });
  await aMoment();
  clock.pass({ days: -30 });
  await aMoment();
  assert.equal((await fetch(ada.statusQueryGetUri)).status, 202);
  clock.pass({ days: 60 });
  assert.equal((await untilEnded(ada.statusQueryGetUri)).runtimeStatus, "Completed");
  assert.equal((await firings(host, ada.id)).length, 1);
});

test("a timer that came due while no process ran fires at once after the start", async () => {
  using folder = new Folder();
  const clock = new TestClock();
  const path = folder.file("hub.db");
  let trial: StartBody;
  {
    await using host = await startTestHost(app, { clock, path });
    trial = await start(host, { customer: "Eve", days: 90 });
  }
  clock.pass({ days: 365 });
  await using host = await startTestHost(app, { clock, path });
  const asked = new URL(trial.statusQueryGetUri);
  const before = performance.now();
  const { output } = await untilEnded(`${host.url}${asked.pathname}${asked.search}`);
  assert.equal(output, "Eve: your 90 days are over");
  assert.ok(performance.now() - before < 2_000);
  assert.equal((await firings(host, trial.id)).length, 1);
});
