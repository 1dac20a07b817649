import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { activity, orchestrator, TaskHub } from "perdure";
import { createHttpHandler } from "perdure/http";
import { assertDescribed } from "../../src/http/testing/openapi-check.ts";

let isBroken = true;
const fails = orchestrator("Fails", () => {
  if (isBroken) throw new Error("broken");
  return "done";
});
const echo = activity("Echo", (text: string) => text);
const greets = orchestrator("Greets", async (ctx, name: string) => `hello ${await ctx.callActivity(echo, name)}`);
const waits = orchestrator("Waits", (ctx) => ctx.waitForExternalEvent("Go"));

let hub: TaskHub;
let handle: (request: Request) => Promise<Response>;
before(async () => {
  hub = await TaskHub.open("memory:", { functions: [fails, echo, greets, waits], log: false });
  await hub.start();
  handle = createHttpHandler(hub);
});
after(() => hub.close());

const TOKEN = "x-ms-continuation-token";

interface Answer {
  readonly status: number;
  readonly body: {
    readonly instances: readonly { readonly instanceId: string; readonly restartedAs: string; readonly forkedFrom: string }[];
    readonly passedOver: number;
  };
  readonly place: string | null;
}

async function post(
  path: string,
  { query = {}, body, place = null }: { query?: object; body?: object; place?: string | null } = {},
): Promise<Answer> {
  const url = new URL(`http://localhost:7071/runtime/webhooks/durabletask/instances/${path}`);
  for (const [name, value] of Object.entries({ createdTimeFrom: "2020-01-01", rate: "1000", ...query })) url.searchParams.set(name, value);
  const headers: { [name: string]: string } = { "Content-Type": "application/json", ...(place === null ? {} : { [TOKEN]: place }) };
  const response = await handle(
    new Request(url, { method: "POST", headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
  );
  const text = await response.text();
  assertDescribed(`/instances/${path.toLowerCase()}`, "POST", response, text);
  return { status: response.status, body: JSON.parse(text), place: response.headers.get(TOKEN) };
}

async function ended(name: string, ids: readonly string[], input?: string): Promise<void> {
  for (const instanceId of ids) {
    await hub.client.startNew(name, { instanceId, ...(input === undefined ? {} : { input }) });
    await hub.client.waitForCompletion(instanceId);
  }
}

const idsOf = ({ body }: Answer) => body.instances.map(({ instanceId }) => instanceId);

test("the failed instances of a filter are rewound, so many by each request; a dry run says what would be done", async () => {
  const ids = ["rewind-a", "rewind-b", "rewind-c"];
  await ended("Fails", ids);
  const query = { instanceIdPrefix: "rewind-", name: "fails" };
  const dry = await post("rewind", { query: { ...query, dryRun: "true" } });
  assert.deepEqual([idsOf(dry), dry.body.passedOver, dry.place], [ids, 0, null]);
  assert.equal((await hub.client.getStatus("rewind-a"))?.runtimeStatus, "Failed");
  isBroken = false;
  const first = await post("REWIND", { query: { ...query, top: "2", reason: "repaired" } });
  const second = await post("rewind", { query, place: first.place });
  assert.deepEqual([idsOf(first), idsOf(second), second.place], [ids.slice(0, 2), ids.slice(2), null]);
  for (const id of ids) assert.equal((await hub.client.waitForCompletion(id)).output, "done");
});

test("the ended instances of a filter are restarted, under new ids or their own, and none that is started by it", async () => {
  const ids = ["restart-a", "restart-b"];
  await ended("Greets", ids, "you");
  await hub.client.startNew(waits, { instanceId: "restart-live" });
  const query = { instanceIdPrefix: "restart-" };
  const dry = await post("restart", { query: { ...query, dryRun: "true" } });
  assert.deepEqual(
    dry.body.instances,
    ids.map((instanceId) => ({ instanceId, restartedAs: null })),
  );
  const done = await post("restart", { query: { ...query, reason: "again" } });
  assert.deepEqual(idsOf(done), ids);
  for await (const { what, reason } of hub.client.audit(done.body.instances[0]?.restartedAs))
    assert.deepEqual([what, reason], ["restart", "again"]);
  for (const { restartedAs } of done.body.instances) assert.equal((await hub.client.waitForCompletion(restartedAs)).output, "hello you");
  const same = await post("restart", { query: { ...query, restartWithNewInstanceId: "false" } });
  assert.deepEqual(
    same.body.instances,
    ids.map((instanceId) => ({ instanceId, restartedAs: instanceId })),
  );
});

test("the instances of a filter are forked at one point, and those without it are passed over, and count", async () => {
  const ids = ["fork-a", "fork-b"];
  await hub.client.startNew(waits, { instanceId: "fork-live" });
  await hub.client.waitForStart("fork-live");
  await ended("Greets", ids, "you");
  const query = { instanceIdPrefix: "fork-" };
  const body = { at: { before: "Echo" }, input: "me" };
  const dry = await post("fork", { query, body: { ...body, dryRun: true } });
  assert.deepEqual([idsOf(dry), dry.body.instances.map(({ forkedFrom }) => forkedFrom), dry.body.passedOver], [[null, null], ids, 1]);
  const first = await post("fork", { query: { ...query, top: "2" }, body });
  assert.deepEqual([first.body.instances.map(({ forkedFrom }) => forkedFrom), first.body.passedOver], [["fork-a"], 1]);
  const second = await post("fork", { query, body, place: first.place });
  assert.deepEqual([second.body.instances.map(({ forkedFrom }) => forkedFrom), second.place], [["fork-b"], null]);
  for (const id of [...idsOf(first), ...idsOf(second)]) assert.equal((await hub.client.waitForCompletion(id)).output, "hello me");
});

test("what cannot be read is refused, and nothing is done", async () => {
  await ended("Greets", ["still"], "you");
  const at = { at: { checkpoint: 0 } };
  for (const [path, given, text] of [
    ["rewind", { query: { createdTimeFrom: "soon" } }, /^"Nothing was done: \\"createdTimeFrom\\" is \\"soon\\"; expected one time/],
    ["rewind", { query: { runtimeStatus: "Completed" } }, /\\"runtimeStatus\\" has \\"Completed\\"; expected names among Failed/],
    ["restart", { query: { runtimeStatus: "Failed,Running" } }, /has \\"Running\\"; expected names among Completed, /],
    [
      "restart",
      { query: { errorText: "x", runtimeStatus: "Completed" } },
      /\\"errorText\\" has \\"x\\"; expected something else: no instance/,
    ],
    ["restart", { query: { restartWithNewInstanceId: "no" } }, /\\"restartWithNewInstanceId\\" is \\"no\\"; expected true or false/],
    ["restart", { query: { idPrefix: "still" } }, /the parameter \\"idprefix\\" is unknown; there are createdTimeFrom/],
    ["restart", { query: { rate: "0" } }, /\\"rate\\" is \\"0\\"; expected a whole number, at least 1/],
    ["restart", { query: { dryRun: "yes" } }, /\\"dryRun\\" is \\"yes\\"/],
    ["restart", { place: "12.4" }, /The continuation token .*12\.4.* does not come from an earlier page/],
    ["fork", { body: { at: { checkpoint: 0 }, instanceId: "x" } }, /expected none: the forks of a filter get generated ones/],
    ["fork", { body: {} }, /option \\"at\\"/],
    ["fork", { body: at, query: { dryRun: "true" } }, /the parameter \\"dryrun\\" is unknown/],
  ] as const) {
    const { status, body } = await post(path, given);
    assert.deepEqual([status, body.instances], [400, undefined], path);
    assert.match(JSON.stringify(body), text);
  }
  assert.equal(await hub.client.count({ tags: { "perdure.forkedFrom": "still" } }).then(({ count }) => count), 0);
});
