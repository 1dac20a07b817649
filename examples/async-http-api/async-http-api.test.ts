import assert from "node:assert/strict";
import { test } from "node:test";
import type { StartBody, StatusBody } from "../lib/test-host.ts";
import { bodyOf, postJson, startTestHost, untilEnded } from "../lib/test-host.ts";
import * as app from "./index.ts";

test("start, Location, Retry-After, poll until done", async () => {
  await using host = await startTestHost(app);
  for (const title of ["Sales", "Stock"]) {
    const response = await postJson(`${host.url}/api/reports`, { title, seconds: 0.2 });
    assert.equal(response.status, 202);
    assert.equal(response.headers.get("retry-after"), "10");
    const location = response.headers.get("location");
    const start = await bodyOf<StartBody>(response);
    assert.equal(location, start.statusQueryGetUri);

    const poll = await fetch(start.statusQueryGetUri);
    assert.equal(poll.status, 202);
    assert.equal(poll.headers.get("retry-after"), "5");
    assert.ok(poll.headers.get("location")?.startsWith(`${host.url}/runtime/webhooks/durabletask/instances/${start.id}`));

    const { runtimeStatus, output, customStatus } = await untilEnded(start.statusQueryGetUri);
    assert.deepEqual([runtimeStatus, output, customStatus], ["Completed", `# ${title}`, "rendering"]);
  }
});

test("waiting long enough answers 200 with the bare output", async () => {
  await using host = await startTestHost(app);
  const response = await postJson(`${host.url}/api/reports/run?timeout=10`, { title: "Sales", seconds: 0.1 });
  assert.deepEqual([response.status, await response.json()], [200, "# Sales"]);
});

test("waiting too short answers 202, and the work continues", async () => {
  await using host = await startTestHost(app);
  const response = await postJson(`${host.url}/api/reports/run?timeout=0.1`, { title: "Late", seconds: 0.6 });
  assert.equal(response.status, 202);
  const start = await bodyOf<StartBody>(response);
  assert.equal((await bodyOf<StatusBody>(await fetch(start.statusQueryGetUri))).runtimeStatus, "Running");
  assert.equal((await untilEnded(start.statusQueryGetUri)).output, "# Late");
});

test("the management API waits too, when asked with timeout and pollingInterval", async () => {
  await using host = await startTestHost(app);
  const url = `${host.url}/runtime/webhooks/durabletask/orchestrators/Report?timeout=10&pollingInterval=1`;
  const response = await postJson(url, { title: "Direct", seconds: 0.1 });
  assert.deepEqual([response.status, await response.json()], [200, "# Direct"]);
});
