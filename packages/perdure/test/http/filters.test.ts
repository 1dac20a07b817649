import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { orchestrator, TaskHub } from "perdure";
import { createHttpHandler } from "perdure/http";
import { runCommand } from "../../src/cli/testing/run-command.ts";
import { Folder } from "../../src/cli/testing/spawn-cli.ts";

const child = orchestrator("Child", async (_ctx, n: number) => n);
const order = orchestrator("Order", async (ctx, n: number) => {
  if (n === 3) throw new Error("card 7 declined");
  if (n === 4) return ctx.waitForExternalEvent("go");
  return n === 5 ? ctx.callSubOrchestrator(child, n, { instanceId: "child-5" }) : n;
});

const BASE = "http://localhost:7071/runtime/webhooks/durabletask/instances";
const NUMBERS = [1, 2, 3, 4, 5, 6];

describe("filters over HTTP and on the command line", () => {
  const folder = new Folder();
  const store = `file:${folder.path}/hub.db`;
  let hub: TaskHub;
  let handle: (request: Request) => Promise<Response>;

  before(async () => {
    hub = await TaskHub.open(store, { functions: [order, child], log: false });
    await hub.start();
    for (const n of NUMBERS)
      await hub.client.startNew(order, {
        input: n,
        instanceId: `order-${n}`,
        tags: { n: String(n), all: "=" },
        version: n > 4 ? "2" : "1",
      });
    for (const n of NUMBERS) if (n !== 4) await hub.client.waitForCompletion(`order-${n}`);
    await hub.client.waitForStart("order-4");
    handle = createHttpHandler(hub);
  });
  after(async () => {
    await hub.close();
    folder[Symbol.dispose]();
  });

  const listed = async (query: string): Promise<readonly string[]> => {
    const response = await handle(new Request(`${BASE}?${query}`));
    assert.equal(response.status, 200, query);
    const found: readonly { readonly instanceId: string }[] = JSON.parse(await response.text());
    return found.map(({ instanceId }) => instanceId);
  };

  const CASES: readonly (readonly [query: string, args: readonly string[], ids: readonly string[]])[] = [
    ["name=ORDER&newestFirst=true", ["--name", "ORDER", "--newest"], ["order-6", "order-5", "order-4", "order-3", "order-2", "order-1"]],
    ["name=child", ["--name", "child"], ["child-5"]],
    ["open=true", ["--open"], ["order-4"]],
    ["parentInstanceId=order-5", ["--parent", "order-5"], ["child-5"]],
    ["tag=n%3D6&tag=all%3D%3D", ["--tag", "n=6,all=="], ["order-6"]],
    ["errorText=7%20decl", ["--error", "7 decl"], ["order-3"]],
    ["version=2&instanceIdPrefix=order-", ["--version", "2", "--prefix", "order-"], ["order-5", "order-6"]],
    ["endedTimeTo=2020-01-01", ["--ended-to", "2020-01-01"], []],
    [
      "endedTimeFrom=2020-01-01&orderBy=ended&name=order&version=1",
      ["--ended-from", "2020-01-01", "--by-end", "--name", "order", "--version", "1"],
      ["order-1", "order-2", "order-3"],
    ],
  ];
  for (const [query, args, ids] of CASES) {
    test(query, async () => {
      assert.deepEqual(await listed(query), ids);
      const { out } = await runCommand(["list", "--store", store, "--json", ...args]);
      assert.deepEqual(
        JSON.parse(out).map((one: { readonly instanceId: string }) => one.instanceId),
        ids,
      );
      const response = await handle(new Request(`${BASE}?${query}&count=true`));
      assert.deepEqual(await response.json(), { count: ids.length, exact: true });
      const counted = await runCommand([
        "count",
        "--store",
        store,
        "--json",
        ...args.filter((arg) => arg !== "--newest" && arg !== "--by-end"),
      ]);
      assert.deepEqual(JSON.parse(counted.out), { count: ids.length, exact: true });
    });
  }

  test("counts stop at a cap, payloads stay away, and what cannot be read is refused", async () => {
    assert.equal(await (await handle(new Request(`${BASE}?count=true&cap=3`))).text(), '{"count":3,"exact":false}');
    const { out } = await runCommand(["count", "--store", store, "--cap", "3"]);
    assert.equal(out, "at least 3 instances\n");
    const [shown] = JSON.parse(await (await handle(new Request(`${BASE}?showPayloads=false&instanceIdPrefix=order-1`))).text());
    assert.deepEqual([shown.input, shown.output], [null, null]);
    for (const bad of ["open=perhaps", "name=", "name=a&name=b", "tag=a", "orderBy=name", "endedTimeTo=soon", "cap=0", "newestFirst=1"]) {
      const response = await handle(new Request(`${BASE}?${bad}`));
      assert.deepEqual([response.status, (await response.text()).includes("Nothing was listed: ")], [400, true], bad);
    }
  });

  test("purge takes the same parts, and takes what is below where that is asked for", async () => {
    const purge = async (query: string) => handle(new Request(`${BASE}?${query}`, { method: "DELETE" }));
    for (const bad of ["open=false", "tag=", "recursive=perhaps", "instanceIdPrefix="])
      assert.equal((await purge(`createdTimeFrom=2020-01-01&${bad}`)).status, 400, bad);
    assert.equal((await purge("createdTimeFrom=2020-01-01&tag=n%3D1")).status, 200);
    assert.deepEqual(await listed("name=order"), ["order-2", "order-3", "order-4", "order-5", "order-6"]);
    const dry = await runCommand(["purge", "--store", store, "--from", "2020-01-01", "--error", "declined", "--dry-run", "--json"]);
    assert.deepEqual(JSON.parse(dry.out).instanceIds, ["order-3"]);
    const { out } = await runCommand(["purge", "--store", store, "--from", "2020-01-01", "--error", "declined", "--json"]);
    assert.deepEqual(JSON.parse(out), { instancesDeleted: 1 });
    assert.equal((await handle(new Request(`${BASE}/order-5?recursive=true`, { method: "DELETE" }))).status, 200);
    assert.deepEqual(await listed(""), ["order-2", "order-4", "order-6"]);
  });
});
