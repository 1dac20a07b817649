import assert from "node:assert/strict";
import { test } from "node:test";
import { Folder } from "../lib/folder.ts";
import { TestClock } from "../lib/test-clock.ts";
import type { TestHost } from "../lib/test-host.ts";
import { bodyOf, postJson, startTestHost, untilEnded } from "../lib/test-host.ts";
import * as app from "./index.ts";

/** The bench has 100,000 (docs/performance.md); the gate has enough to see whether anything grows with their number. */
const COUNT = 1_000;

const MANAGEMENT = "/runtime/webhooks/durabletask";
const statusUrl = (host: TestHost, id: string) => `${host.url}${MANAGEMENT}/instances/${id}`;
const wake = (host: TestHost, id: string, by: string) => postJson(`${statusUrl(host, id)}/raiseEvent/Wake`, by);

test("sleepers wake by event or by timer, each with its own input", async () => {
  const clock = new TestClock();
  await using host = await startTestHost(app, { clock });
  assert.deepEqual(await bodyOf(await postJson(`${host.url}/api/sleepers/3`, { hours: 2 })), { started: 3 });
  assert.equal((await wake(host, "sleeper-1", "the doorbell")).status, 202);
  assert.equal((await untilEnded(statusUrl(host, "sleeper-1"))).output, "sleeper 1 was woken by the doorbell");
  clock.pass({ seconds: 7_200 });
  assert.equal((await untilEnded(statusUrl(host, "sleeper-0"))).output, "sleeper 0 slept 2 h");
  assert.equal((await untilEnded(statusUrl(host, "sleeper-2"))).output, "sleeper 2 slept 2 h");
});

test("a process that starts on a store full of sleepers loads none of them and uses no CPU for them", async () => {
  using folder = new Folder();
  const path = folder.file("hub.db");
  {
    await using host = await startTestHost(app, { path });
    assert.equal((await postJson(`${host.url}/api/sleepers/${COUNT}`, { hours: 1 })).status, 200);
  }
  await using host = await startTestHost(app, { path });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const { user, system } = process.cpuUsage(before);
  assert.ok(user + system < 200_000, `${(user + system) / 1_000} ms of CPU in one idle second`);
  const id = `sleeper-${COUNT - 1}`;
  assert.equal((await wake(host, id, "a test")).status, 202);
  assert.equal((await untilEnded(statusUrl(host, id))).output, `sleeper ${COUNT - 1} was woken by a test`);
});
