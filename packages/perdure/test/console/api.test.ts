import assert from "node:assert/strict";
import { test } from "node:test";
import type * as wire from "../../src/console/wire.ts";
import { messageOf } from "../../src/errors/perdure-error.ts";
import { activity, entity, http, orchestrator, schedule } from "../../src/index.ts";
import { until } from "../../src/process/testing/until.ts";
import type { Stage } from "./testing/stage.ts";
import { API, stage } from "./testing/stage.ts";

const LIMIT_MS = 10_000;

const charge = activity("Charge", async (order: { readonly amount: number }) => ({ charged: order.amount, card: { no: "4111" } }));
const fail = activity("Refuse", async () => {
  throw Object.assign(new Error("the card was refused"), { password: "secret", reason: 51 });
});
const approve = orchestrator("Approve", async (ctx, order: { readonly amount: number }) => {
  await ctx.callActivity(charge, order);
  ctx.setCustomStatus({ step: "approval", password: "p" });
  return await ctx.waitForExternalEvent<string>("Approved");
});
const refused = orchestrator("Refused", async (ctx) => ctx.callActivity(fail, undefined));
const counter = entity("Counter", {
  initialState: () => 0,
  operations: {
    add: (ctx, by: number) => {
      ctx.state += by;
    },
  },
});
const nightly = schedule("nightly", "0 2 * * *", approve, { timeZone: "UTC", input: { amount: 1 } });
const FUNCTIONS = [charge, fail, approve, refused, counter, nightly];

const INPUT = '{"amount":12345678901234567890,"password":"x"}';

async function startedOne({ post, get }: Stage, instanceId = "one"): Promise<wire.InstanceRow> {
  await post<wire.StartResult>("/instances", { name: "approve", instanceId, input: INPUT, tags: { region: "eu" } });
  return until(
    "it waits",
    async () => {
      const { row, customStatus } = await get<wire.InstanceDetail>(`/instances/${instanceId}`);
      return customStatus === null ? null : row;
    },
    LIMIT_MS,
  );
}

test("an instance is started, looked at, told an event and found with its output", async (t) => {
  const it = await stage(t, { functions: FUNCTIONS });
  const row = await startedOne(it);
  assert.deepEqual([row.id, row.name, row.status, row.tags, row.stopped], ["one", "Approve", "Running", { region: "eu" }, null]);

  const { rows, cursor } = await it.get<wire.InstanceList>("/instances?status=Running&tag=region:eu&name=Approve&limit=10");
  assert.deepEqual([rows.map(({ id }) => id), cursor], [["one"], null]);
  assert.deepEqual(await it.get<wire.InstanceList>("/instances?tag=region:us"), { rows: [], cursor: null, reachedBackTo: null });
  assert.deepEqual(
    (await it.post<readonly wire.InstanceRow[]>("/instances/lookup", { ids: ["one", "none"] })).map(({ id }) => id),
    ["one"],
  );
  assert.match((await it.post<readonly wire.Doing[]>("/instances/doing", { ids: ["one"] }))[0]?.text ?? "", /Approved/);
  const counts = await it.get<wire.Counts>("/counts");
  assert.deepEqual([counts.open.Running, counts.schedules, counts.workers], [{ n: 1, isExact: true }, 1, 1]);

  const why = await it.get<wire.Why>("/instances/one/why");
  assert.deepEqual(
    why.waits.map(({ kind, name }) => [kind, name]),
    [["event", "Approved"]],
  );

  const detail = await it.get<wire.InstanceDetail>("/instances/one");
  assert.ok(detail.owner === null || detail.heldBy.includes(detail.owner.worker), "whom a later page is told, too");
  assert.deepEqual(detail.input, { text: INPUT, bytes: INPUT.length, isCut: false, at: "input" });
  const page = await it.get<wire.HistoryPage>("/instances/one/history?limit=3");
  assert.deepEqual([page.events.length, page.next, page.total], [3, 3, detail.events]);
  const tail = await it.get<wire.HistoryPage>("/instances/one/history?tail=2");
  assert.deepEqual([tail.events.length, tail.next, tail.first], [2, null, detail.events - 2]);
  assert.deepEqual(await it.refusal("/instances/one/history?limit=1001"), [400, "OPTION_INVALID"], "no more than a page has");

  const whole = await it.ask(`${API}/instances/one/payload?at=input`);
  assert.deepEqual([await whole.text(), whole.headers.get("content-type")], [INPUT, "application/json; charset=utf-8"]);
  assert.deepEqual(await it.refusal("/instances/one/payload?at=output"), [404, "CONSOLE_NOT_FOUND"]);

  const raised = await it.post<wire.ActionResult>("/instances/one/raise-event", { event: "Approved", input: '"yes"' });
  assert.deepEqual(raised, { outcome: "accepted", instanceId: "one", plan: null });
  const ended = await until(
    "it has ended",
    async () => {
      const { row: now, output } = await it.get<wire.InstanceDetail>("/instances/one");
      return now.status === "Completed" ? output : null;
    },
    LIMIT_MS,
  );
  assert.equal(ended.text, '"yes"');
  assert.deepEqual(await it.refusal("/instances/one/raise-event", { method: "POST", body: { event: "Approved" } }), [410, "INSTANCE_DONE"]);
});

test("each action does what it says, and says what it cannot do", async (t) => {
  const it = await stage(t, { functions: FUNCTIONS });
  await startedOne(it);
  const act = (action: string, body: object = {}) => it.post<wire.ActionResult>(`/instances/one/${action}`, body);
  const refused = (action: string, body: object = {}, id = "one") => it.refusal(`/instances/${id}/${action}`, { method: "POST", body });
  const becomes = (status: string) =>
    until(status, async () => (await it.get<wire.InstanceDetail>("/instances/one")).row.status === status, LIMIT_MS);
  await act("suspend", { reason: "audit" });
  await becomes("Suspended");
  await act("resume");
  await becomes("Running");
  assert.deepEqual(await refused("purge"), [412, "INSTANCE_NOT_TERMINAL"]);
  assert.deepEqual(await refused("rewind"), [412, "INSTANCE_NOT_FAILED"]);
  await act("terminate", { reason: "no longer wanted" });
  await becomes("Terminated");
  assert.equal((await it.get<wire.InstanceDetail>("/instances/one")).row.note, "no longer wanted");
  const again = await act("restart", { reason: "after all" });
  assert.notEqual(again.instanceId, "one");
  assert.equal((await it.get<wire.InstanceDetail>(`/instances/${again.instanceId}`)).row.name, "Approve");
  assert.equal((await act("purge")).outcome, "deleted");
  assert.deepEqual(await refused("purge"), [404, "INSTANCE_NOT_FOUND"]);
  assert.deepEqual(await refused("explode"), [404, "CONSOLE_NOT_FOUND"]);
  assert.deepEqual(await refused("terminate", {}, "%40%40schedule%3Anightly"), [404, "INSTANCE_NOT_FOUND"]);
});

test("what failed is rewound, with a plan before", async (t) => {
  const it = await stage(t, { functions: FUNCTIONS });
  await it.post("/instances", { name: "Refused", instanceId: "bad" });
  const status = async () => (await it.get<wire.InstanceDetail>("/instances/bad")).row.status;
  await until("it fails", async () => (await status()) === "Failed", LIMIT_MS);
  const { outcome, plan } = await it.post<wire.ActionResult>("/instances/bad/rewind", { dryRun: true });
  assert.deepEqual([outcome, plan?.activities.map(({ name }) => name)], ["done", ["Refuse"]]);
  assert.equal(await status(), "Failed");
  assert.equal((await it.post<wire.ActionResult>("/instances/bad/rewind", { reason: "paid" })).outcome, "accepted");
});

test("what a request lacks, has too much of or writes wrong is told by name", async (t) => {
  const { refusal, ask } = await stage(t, { functions: FUNCTIONS });
  const post = (path: string, body: object) => refusal(path, { method: "POST", body });
  assert.deepEqual(await refusal("/instances?statos=Running"), [400, "OPTION_UNKNOWN"]);
  assert.deepEqual(await refusal("/instances?status=Runing"), [400, "OPTION_INVALID"]);
  assert.deepEqual(await refusal("/instances?limit=1001"), [400, "OPTION_INVALID"]);
  assert.deepEqual(await refusal("/instances?order=random"), [400, "OPTION_INVALID"]);
  assert.deepEqual(await refusal("/instances?cursor=x"), [400, "CONTINUATION_INVALID"]);
  assert.deepEqual(await refusal("/instances/none"), [404, "INSTANCE_NOT_FOUND"]);
  assert.deepEqual(await refusal("/instances/%E0%A4%A"), [404, "CONSOLE_NOT_FOUND"]);
  assert.deepEqual(await refusal("/nothing"), [404, "CONSOLE_NOT_FOUND"]);
  assert.deepEqual(await post("/instances", { name: "Nothing" }), [400, "FUNCTION_UNKNOWN"]);
  assert.deepEqual(await post("/instances", { name: "Approve", input: "{" }), [400, "PAYLOAD_NOT_JSON"]);
  assert.deepEqual(await post("/instances", { name: "Approve", instanceId: "a/b" }), [400, "INSTANCE_ID_INVALID"]);
  assert.deepEqual(await post("/instances/lookup", { ids: Array(101).fill("a") }), [400, "OPTION_INVALID"]);
  assert.deepEqual(await post("/instances/doing", {}), [400, "OPTION_INVALID"]);
  assert.deepEqual(await post("/instances/x/raise-event", { reason: "r" }), [400, "OPTION_UNKNOWN"]);
  const broken = await ask(`${API}/instances/lookup`, { method: "POST", headers: { "content-length": "1" }, body: "x" });
  assert.equal(broken.status, 400);
  const answer = await ask(`${API}/instances/none`);
  assert.deepEqual(JSON.parse(await answer.text()), {
    code: "INSTANCE_NOT_FOUND",
    message: messageOf("INSTANCE_NOT_FOUND", "none"),
    hint: null,
  });
});

test("fields are masked everywhere that a payload is shown", async (t) => {
  const it = await stage(t, { functions: FUNCTIONS, payloads: { redact: ["password", "card.*"] } });
  await startedOne(it);
  await it.post("/instances", { name: "Refused", instanceId: "bad" });
  await until("it fails", async () => (await it.get<wire.InstanceDetail>("/instances/bad")).row.status === "Failed", LIMIT_MS);
  const detail = await it.get<wire.InstanceDetail>("/instances/one");
  assert.deepEqual(
    [detail.input?.text, detail.customStatus?.text],
    ['{"amount":12345678901234567890,"password":"***"}', '{"step":"approval","password":"***"}'],
  );
  assert.equal(await (await it.ask(`${API}/instances/one/payload?at=input`)).text(), detail.input?.text);
  const texts = await Promise.all(["one", "bad"].map(async (id) => (await it.ask(`${API}/instances/${id}/history`)).text()));
  assert.match(texts[0] ?? "", /card[^}]*\*\*\*/);
  assert.match(texts[1] ?? "", /password[^}]*\*\*\*/);
  for (const text of texts) assert.doesNotMatch(text, /4111|secret|"x\\"/);
});

test("no part of a payload is one in itself: nothing around it would say that it is to be masked", async (t) => {
  const it = await stage(t, { functions: FUNCTIONS, payloads: { redact: ["password"] } });
  await it.post("/instances", { name: "Refused", instanceId: "bad" });
  await until("it fails", async () => (await it.get<wire.InstanceDetail>("/instances/bad")).row.status === "Failed", LIMIT_MS);
  const { events } = await it.get<wire.HistoryPage>("/instances/bad/history");
  const seq = events.find(({ event }) => event.kind === "TaskFailed")?.seq;
  const payload = (at: string) => it.ask(`${API}/instances/bad/payload?at=event.${seq}.${at}`);
  assert.equal(await (await payload("failure.properties")).text(), '{"password":"***","reason":51}');
  for (const at of ["failure.properties.password", "failure", "failure.message", "failure.constructor.name", "kind"])
    assert.deepEqual([at, (await payload(at)).status], [at, 404]);
});

test("hidden payloads leave their sizes alone", async (t) => {
  const it = await stage(t, { functions: FUNCTIONS, payloads: "hide" });
  await startedOne(it);
  const { input, customStatus } = await it.get<wire.InstanceDetail>("/instances/one");
  assert.deepEqual([input?.text, input?.bytes, customStatus?.text], [null, INPUT.length, null]);
  assert.doesNotMatch(await (await it.ask(`${API}/instances/one/history`)).text(), /4111|approval/);
  assert.deepEqual(await it.refusal("/instances/one/payload?at=input"), [403, "CONSOLE_PAYLOADS_HIDDEN"]);
  assert.equal((await it.get<wire.HubInfo>("/hub")).payloads, "hide");
});

test("entities are listed, shown, told and purged", async (t) => {
  const it = await stage(t, { functions: FUNCTIONS });
  const id = "%40counter%40a";
  await it.post("/entities/@counter@a/signal", { operation: "add", input: "5" });
  const info = await until(
    "it has run",
    async () => {
      const found = await it.ask(`${API}/entities/${id}`);
      const entityInfo: wire.EntityInfo | null = found.status === 200 ? JSON.parse(await found.text()) : null;
      return entityInfo?.exists === true ? entityInfo : null;
    },
    LIMIT_MS,
  );
  assert.deepEqual([info.id, info.name, info.key, info.exists, info.state?.text], ["@counter@a", "counter", "a", true, "5"]);
  const { entities } = await it.get<wire.EntityList>("/entities?state=true");
  assert.deepEqual(
    entities.map(({ key, state }) => [key, state?.text]),
    [["a", "5"]],
  );
  assert.equal(await (await it.ask(`${API}/instances/${id}/payload?at=input`)).text(), "5");
  assert.deepEqual(await it.refusal(`/entities/${id}/skip`, { method: "POST", body: {} }), [412, "ENTITY_NOTHING_TO_SKIP"]);
  assert.equal((await it.post<wire.ActionResult>(`/entities/${id}/purge`, { reason: "test" })).outcome, "accepted");
  await until("it is gone", async () => (await it.get<wire.EntityList>("/entities")).entities.length === 0, LIMIT_MS);
  assert.deepEqual(await it.refusal("/entities/x"), [404, "ENTITY_NOT_FOUND"]);
});

test("an entity without a state is listed while it is locked", async (t) => {
  const holder = orchestrator("Holder", async (ctx) => {
    using _lock = await ctx.lock(counter.id("held"));
    await ctx.waitForExternalEvent("Go");
  });
  const it = await stage(t, { functions: [...FUNCTIONS, holder] });
  await it.post("/instances", { name: "Holder", instanceId: "h" });
  const listed = async () => (await it.get<wire.EntityList>("/entities?state=true")).entities;
  const [held] = await until("it is locked", async () => ((await listed())[0]?.lock ? await listed() : null), LIMIT_MS);
  assert.deepEqual([held?.id, held?.exists, held?.state, held?.lock?.holder], ["@counter@held", false, null, "h"]);
  await it.post("/instances/h/raise-event", { event: "Go" });
  await until("it is free, and in no list", async () => (await listed()).length === 0, LIMIT_MS);
});

test("schedules are listed, paused, resumed and triggered", async (t) => {
  const it = await stage(t, { functions: FUNCTIONS });
  const state = async (is: string) =>
    until(
      is,
      async () =>
        (await it.get<wire.ScheduleList>("/schedules")).schedules.find((one) => one.state === is && (one.next !== null || is === "paused")),
      LIMIT_MS,
    );
  const { name, cron, next, starts } = await state("active");
  assert.deepEqual([name, cron, typeof next, starts], ["nightly", "0 2 * * *", "number", "Approve"]);
  await it.post("/schedules/nightly/pause", {});
  await state("paused");
  await it.post("/schedules/nightly/trigger", {});
  await until("it runs once", async () => (await it.get<wire.InstanceList>("/instances?name=Approve")).rows.length === 1, LIMIT_MS);
  await it.post("/schedules/nightly/resume", {});
  await state("active");
  assert.deepEqual(await it.refusal("/schedules/weekly/pause", { method: "POST", body: {} }), [404, "SCHEDULE_NOT_FOUND"]);
});

test("functions, workers, lines and failures are told", async (t) => {
  const it = await stage(t, { functions: [...FUNCTIONS, http("Order", { methods: ["POST"], route: "orders" }, () => new Response())] });
  const { functions } = await it.get<wire.FunctionList>("/functions");
  assert.deepEqual(
    functions.map(({ kind, name, route }) => [kind, name, route?.path]),
    [
      ["orchestrator", "Approve", undefined],
      ["activity", "Charge", undefined],
      ["entity", "Counter", undefined],
      ["activity", "Refuse", undefined],
      ["orchestrator", "Refused", undefined],
      ["http", "Order", "/orders"],
    ],
  );
  const { workers, checks } = await it.get<wire.WorkerList>("/workers");
  assert.deepEqual(
    workers.map(({ state, pid, functions: count }) => [state, pid, count]),
    [["live", process.pid, 5]],
  );
  assert.ok(workers.every(({ note }) => note === null));
  assert.deepEqual(
    checks.map(({ outlook }) => outlook),
    ["fine", "fine"],
  );
  const queue = await it.get<wire.Queue>("/queue");
  assert.deepEqual([queue.activities, queue.waiting.n, queue.running.n], [[], 0, 0]);
  await it.post("/instances", { name: "Refused", instanceId: "bad" });
  await until("it fails", async () => (await it.get<wire.InstanceDetail>("/instances/bad")).row.status === "Failed", LIMIT_MS);
  const { groups } = await it.get<wire.Failures>("/failures?name=Refused");
  assert.deepEqual(
    groups.map(({ kind, name, count, ids }) => [kind, name, count, ids]),
    [["failed", "Refused", 1, ["bad"]]],
  );
});
