import assert from "node:assert/strict";
import { test } from "node:test";
import type { HubClient } from "../../client/types.ts";
import { makeApi } from "../testing/api.ts";
import { FixtureClient } from "../testing/fixture-client.ts";

/** Notes how much of each instance is read. */
class ReadingClient extends FixtureClient {
  readonly reads: string[] = [];

  override getStatus(...[id, payloads = "all"]: Parameters<HubClient["getStatus"]>) {
    this.reads.push(payloads);
    return super.getStatus(id);
  }
}

function stage() {
  const client = new ReadingClient();
  client.put({ id: "live", runtimeStatus: "Running" });
  client.put({ id: "suspended", runtimeStatus: "Suspended" });
  client.put({ id: "done", runtimeStatus: "Completed" });
  return { client, api: makeApi({}, client) };
}

const JSON_BODY = { headers: { "content-type": "application/json" }, body: "1" };

const CALLS: readonly (readonly [title: string, path: string, call: object, status: number, reads: readonly string[]])[] = [
  ["an event", "/instances/live/raiseEvent/Go", JSON_BODY, 202, []],
  ["an event to one that has ended", "/instances/done/raiseEvent/Go", JSON_BODY, 410, []],
  ["an event to an unknown id", "/instances/nobody/raiseEvent/Go", JSON_BODY, 404, []],
  ["an event that is not valid JSON", "/instances/live/raiseEvent/Go", { ...JSON_BODY, body: "{" }, 400, ["none"]],
  ["an event that is not valid JSON to one that has ended", "/instances/done/raiseEvent/Go", { ...JSON_BODY, body: "{" }, 410, ["none"]],
  ["an event that is not valid JSON to an unknown id", "/instances/nobody/raiseEvent/Go", { ...JSON_BODY, body: "{" }, 404, ["none"]],
  ["an event of another type", "/instances/live/raiseEvent/Go", { body: "1" }, 400, ["none"]],
  ["an event of another type to an unknown id", "/instances/nobody/raiseEvent/Go", { body: "1" }, 404, ["none"]],
  ["terminate", "/instances/live/terminate?reason=x", {}, 202, []],
  ["terminate one that has ended", "/instances/done/terminate", {}, 410, []],
  ["terminate an unknown id", "/instances/nobody/terminate", {}, 404, []],
  ["suspend", "/instances/live/suspend", {}, 202, ["none"]],
  ["suspend again", "/instances/suspended/suspend", {}, 500, ["none"]],
  ["resume", "/instances/suspended/resume", {}, 202, ["none"]],
  ["purge", "/instances/done", { method: "DELETE" }, 200, []],
  ["purge one that runs", "/instances/live", { method: "DELETE" }, 412, ["none"]],
  ["purge an unknown id", "/instances/nobody", { method: "DELETE" }, 404, []],
  ["a status", "/instances/done", { method: "GET" }, 200, ["all"]],
  ["a status without input", "/instances/done?showInput=false", { method: "GET" }, 200, ["withoutInput"]],
];

for (const [title, path, call, status, reads] of CALLS)
  test(`${title}: ${status}, reads ${reads.length === 0 ? "nothing" : reads.join()}`, async () => {
    const { client, api } = stage();
    assert.equal((await api.management(path, { method: "POST", ...call })).status, status);
    assert.deepEqual(client.reads, reads);
  });

test("an event that is too large is refused, unless no instance would take it", async () => {
  const { api } = stage();
  const large = { ...JSON_BODY, method: "POST", body: JSON.stringify("x".repeat(40_000_000)) };
  assert.equal((await api.management("/instances/nobody/raiseEvent/Go", large)).status, 404);
  assert.equal((await api.management("/instances/live/raiseEvent/Go", large)).status, 413);
});
