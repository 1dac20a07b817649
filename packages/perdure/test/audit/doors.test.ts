import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator } from "perdure";
import { DOORS, ServedHub } from "../../src/cli/testing/served-hub.ts";
import { assertDescribed } from "../../src/http/testing/openapi-check.ts";

let isBroken = true;
const fails = orchestrator("Fails", () => {
  if (isBroken) throw new Error("broken");
  return "done";
});
const quick = orchestrator("Quick", () => "done");
const loops = orchestrator("Loops", (ctx, round: number) => (round < 3 ? ctx.continueAsNew(round + 1) : round));

const served = new ServedHub([fails, quick, loops]);
const completed = async (id: string) => (await served.hub.client.startNew(quick, { instanceId: id })).result();
const PROCESS = /^.+:\d+$/;

for (const door of DOORS) {
  const run = (...args: readonly string[]) => served.run(door, ...args);
  const lines = async (id: string) => JSON.parse((await run("audit", id, "--json")).out);

  test(`what commands did is in the audit, by ${door}`, async () => {
    const id = (name: string) => `${name}${door}`;
    const { client } = served.hub;
    isBroken = true;
    for (const name of ["rewound", "retried-1", "retried-2"]) await client.startNew(fails, { instanceId: id(name) });
    for (const name of ["rewound", "retried-1", "retried-2"]) await client.waitForCompletion(id(name));
    for (const name of ["origin", "gone", "many-1", "many-2"]) await completed(id(name));
    isBroken = false;
    const said: string[] = [];
    for (const args of [
      ["rewind", id("rewound"), "--reason", "repaired"],
      ["retry", "--prefix", id("retried").slice(0, -door.length), "--rate", "1000", "--reason", "all of them"],
      ["restart", id("origin"), "--reason", "once more"],
      ["restart", id("origin"), "--same-id"],
      ["restart", "--from", "2020-01-01", "--prefix", id("many-1"), "--same-id", "--reason", "these too"],
      ["fork", id("rewound"), "--checkpoint", "0", "--id", id("forked"), "--reason", "what if"],
      ["purge", id("gone"), "--reason", "asked for"],
      ["purge", "--from", "2020-01-01", "--prefix", id("many-2"), "--reason", "all of these"],
    ]) {
      const { code, out, err } = await run(...args);
      assert.equal(code, 0, err);
      said.push(out.trim());
    }
    const [rewind] = await lines(id("rewound"));
    assert.deepEqual([rewind.what, rewind.reason, rewind.run.runtimeStatus, rewind.count], ["rewind", "repaired", "Failed", 1]);
    assert.match(rewind.by, PROCESS);
    assert.match(rewind.time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.deepEqual([(await lines(said[2] ?? ""))[0].from.instanceId, (await lines(id("origin")))[0].what], [id("origin"), "restart"]);
    assert.deepEqual(
      (await lines(id("forked"))).map(({ what, reason }: { what: string; reason: string }) => [what, reason]),
      [["fork", "what if"]],
    );
    const reasons = ["many-1", "many-2"].map(async (name) => (await lines(id(name))).map((line: { reason: string }) => line.reason));
    assert.deepEqual(
      [(await lines(said[2] ?? ""))[0].reason, ...(await Promise.all(reasons))],
      ["once more", ["these too"], ["all of these"]],
    );
    const [purged] = await lines(id("gone"));
    assert.deepEqual([purged.what, purged.reason, purged.run.name, purged.run.runtimeStatus], ["purge", "asked for", "Quick", "Completed"]);
    assert.ok(purged.run.historyEvents > 0);
  });

  test(`the audit for people, by ${door}`, async () => {
    const id = `people${door}`;
    await (await served.hub.client.startNew(loops, { instanceId: id, input: 0 })).result();
    await run("purge", id);
    const { out, code } = await run("audit", id);
    assert.equal(code, 0);
    assert.match(out, /^TIME +WHAT +INSTANCE +ORCHESTRATOR +BY +DETAILS$/m);
    assert.match(out, /purge .*Loops.*Completed, .* to .*, \d+ events/);
    assert.match(out, /continueAsNew .*3 times since 20/);
    assert.match((await run("audit", "nobody")).out, /^TIME/);
    assert.match((await run("audit", "--top", "2")).out, /The newest 2 lines\. There are more: --top N shows more of them\./);
    assert.deepEqual(JSON.parse((await run("audit", "--top", "2", "--json")).err), { more: true, shown: 2 });
    assert.match((await run("audit", "--top", "0")).err, /\[OPTION_INVALID\]/);
  });
}

test("the audit over HTTP, page by page, as its OpenAPI document says", async () => {
  for (const name of ["a", "b", "c"]) await completed(`http-${name}`);
  const base = `${served.url}/runtime/webhooks/durabletask`;
  await fetch(`${base}/instances/http-a`, { method: "DELETE" });
  await served.hub.client.purgeBy({ instanceIdPrefix: "http-" });
  const page = async (path: string, template: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${base}${path}`, { headers });
    const body = await response.text();
    assertDescribed(template, "GET", response, body);
    return { status: response.status, token: response.headers.get("x-ms-continuation-token"), lines: body === "" ? [] : JSON.parse(body) };
  };
  const seen: string[] = [];
  let token: string | null = null;
  for (let pages = 0; pages < 3; pages += 1) {
    const { lines, token: next }: Awaited<ReturnType<typeof page>> = await page(
      "/audit?top=1",
      "/audit",
      token === null ? {} : { "x-ms-continuation-token": token },
    );
    seen.push(...lines.map((line: { instanceId: string }) => line.instanceId));
    token = next;
  }
  assert.deepEqual(seen.toSorted(), ["http-a", "http-b", "http-c"]);
  assert.equal(seen[2], "http-a");
  const one = await page("/instances/http-a/AUDIT", "/instances/{instanceId}/audit");
  assert.deepEqual(
    one.lines.map(({ what }: { what: string }) => what),
    ["purge"],
  );
  assert.deepEqual((await page("/instances/nobody/audit", "/instances/{instanceId}/audit")).lines, []);
  assert.equal((await page("/audit", "/audit", { "x-ms-continuation-token": "x" })).status, 400);
  for (const [path, method] of [
    ["/audit/x", "GET"],
    ["/audit", "POST"],
    ["/instances/a/audit", "POST"],
    ["/instances/a/audit/x", "GET"],
  ])
    assert.equal((await fetch(`${base}${path}`, { method: method ?? "" })).status, 404);
});
