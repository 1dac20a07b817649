import assert from "node:assert/strict";
import { test } from "node:test";
import type { Example } from "./testing/example-host.ts";
import { postJson } from "./testing/example-host.ts";

/** Scenario 6. */
export function reportTests(example: () => Example): void {
  test("async HTTP API: start, Location, Retry-After, poll until done", async () => {
    const { host } = example();
    for (const title of ["Sales", "Stock"]) {
      const start = await postJson(`${host.url}/api/reports`, { title, seconds: 0.3 });
      assert.deepEqual([start.status, start.headers.get("retry-after")], [202, "10"]);
      const location = start.headers.get("location") ?? "";
      const { id, statusQueryGetUri } = (await start.json()) as { readonly [field: string]: string };
      assert.equal(location, statusQueryGetUri);
      const poll = await fetch(location);
      assert.deepEqual([poll.status, poll.headers.get("retry-after")], [202, "5"]);
      assert.ok(poll.headers.get("location")?.startsWith(`${host.management}/instances/${id}`));
      const { runtimeStatus, output, customStatus } = await host.ended(location);
      assert.deepEqual([runtimeStatus, output, customStatus], ["Completed", `# ${title}`, "rendering"]);
    }
  });

  test("async HTTP API: who waits long enough gets the bare result, who does not the addresses; the work continues", async () => {
    const { host } = example();
    const ran = await postJson(`${host.url}/api/reports/run?timeout=30`, { title: "Now", seconds: 0.1 });
    assert.deepEqual([ran.status, await ran.json()], [200, "# Now"]);
    const late = await postJson(`${host.url}/api/reports/run?timeout=0.05`, { title: "Late", seconds: 0.6 });
    assert.deepEqual([late.status, late.headers.get("retry-after")], [202, "10"]);
    const { statusQueryGetUri = "" } = (await late.json()) as { readonly [field: string]: string };
    assert.equal(late.headers.get("location"), statusQueryGetUri);
    assert.equal((await host.ended(statusQueryGetUri)).output, "# Late");
  });

  test("async HTTP API: a failure is 500 for who waits, with the status", async () => {
    const { host } = example();
    const failed = await postJson(`${host.url}/api/reports/run`, { title: "", seconds: 0 });
    const status = (await failed.json()) as { readonly runtimeStatus: string; readonly output: string };
    assert.deepEqual([failed.status, status.runtimeStatus], [500, "Failed"]);
    assert.match(status.output, /Activity function 'Render' failed: a report needs a title/);
  });
}
