import assert from "node:assert/strict";
import { test } from "node:test";
import { createHttpHandler } from "../../src/http/handler.ts";
import { BASE, fixtureHub, ORIGIN } from "../../src/http/testing/api.ts";
import { assertDescribed } from "../../src/http/testing/openapi-check.ts";
import type { InstanceUpdate } from "../../src/store/commit.ts";
import { createMemoryStore } from "../../src/stores/memory/memory-store.ts";
import { START_OF_TIME } from "../../src/testing/store-conformance/fixture.ts";
import { Hand, id, update } from "../../src/testing/store-conformance/hub.ts";
import { VirtualTime } from "../../src/testing/virtual-time.ts";
import { clientOver } from "../client/testing/client-over.ts";

/** The API over a store in memory in which a worker has the entities "Counter" and "Account"; rows are written as that worker would. */
async function open(names: readonly string[] = ["Counter", "Account"]) {
  const now = () => START_OF_TIME;
  const store = createMemoryStore({ now });
  const client = clientOver(store, new VirtualTime(), now);
  const hand = await Hand.join(store, { entity: names });
  const handler = createHttpHandler(fixtureHub(client, null));
  const call = async (method: string, path: string, init: { readonly body?: string; readonly headers?: Record<string, string> } = {}) => {
    const response = await handler(new Request(ORIGIN + BASE + path, { method, ...init }));
    const text = await response.text();
    return { status: response.status, text, headers: response.headers, response };
  };
  /** An entity that has run: its mail is consumed, and its row is this. */
  const put = async (entity: string, row: Partial<InstanceUpdate>) => {
    await client.entities.signal({ id: id(entity), operation: "add", input: null });
    const { no, version } = (await store.getInstance(id(entity)))!;
    const [claimed] = await hand.claim();
    assert.equal(claimed?.no, no);
    await hand.commit({ consumed: (await hand.mail()).filter((mail) => mail.no === no), updates: [update(no, version + 1, row)] });
    await hand.commit({ releases: [{ no, version: version + 2, nextWake: null, asReady: false }] });
  };
  const mailOf = async (entity: string): Promise<readonly unknown[]> => {
    const row = await store.getInstance(id(entity));
    const [loaded] = row === null ? [] : await store.load([row.no]);
    return (loaded?.inbox ?? []).map(({ body }) => JSON.parse(body));
  };
  return { store, client, hand, call, put, mailOf };
}

const JSON_TYPE = { "content-type": "application/json" };
const DURABLE = { kind: "entityOp", ts: START_OF_TIME, due: null, from: null, lock: null };

test("row 13: the bare state, 404 without one; a name compares without case, a key does not, and $ is the empty key", async () => {
  const { call, put } = await open();
  await put("@counter@a", { input: '{"n":1.50}' });
  await put("@counter@", { input: '"empty key"' });
  await put("@counter@gone", { input: null });
  const found = await call("GET", "/entities/counter/a");
  assert.deepEqual([found.status, found.text, found.headers.get("content-type")], [200, '{"n":1.50}', "application/json; charset=utf-8"]);
  assertDescribed("/entities/{name}/{key}", "GET", found.response, found.text);
  assert.equal((await call("GET", "/ENTITIES/COUNTER/a")).text, '{"n":1.50}');
  assert.equal((await call("GET", "/entities/counter/$")).text, '"empty key"');
  for (const path of ["counter/A", "counter/gone", "counter/none", "other/a", "counter/a%23b", "a@counter/b"]) {
    const absent = await call("GET", `/entities/${path}`);
    assert.deepEqual([absent.status, absent.text], [404, ""], path);
  }
});

test("row 14: pages in order of id, with times and states as asked", async () => {
  const { call, put } = await open();
  await put("@counter@a", { input: "1", updatedAt: START_OF_TIME + 100 });
  await put("@counter@é 🚚", { input: "2", updatedAt: START_OF_TIME + 250 });
  await put("@account@z", { input: '{"balance":1}', updatedAt: START_OF_TIME + 3_000 });
  await put("@counter@gone", { input: null });
  const list = async (query: string, headers: Record<string, string> = {}) => {
    const { status, text, headers: given, response } = await call("GET", `/entities${query}`, { headers });
    assert.equal(status, 200);
    assertDescribed(query.startsWith("/") ? "/entities/{name}" : "/entities", "GET", response, text);
    return { items: JSON.parse(text), token: given.get("x-ms-continuation-token") };
  };
  const at = (ms: number) => new Date(START_OF_TIME + ms).toISOString();
  const all = await list("");
  assert.deepEqual(all, {
    items: [
      { entityId: { name: "account", key: "z" }, lastOperationTime: at(3_000).replace(".000", "") },
      { entityId: { name: "counter", key: "a" }, lastOperationTime: at(100).replace("00Z", "Z") },
      { entityId: { name: "counter", key: "é 🚚" }, lastOperationTime: at(250).replace("0Z", "Z") },
    ],
    token: null,
  });
  const states = (await list("/Counter?fetchState=true")).items.map(({ state }: { readonly state: unknown }) => state);
  assert.deepEqual(states, [1, 2]);
  const keys = async (query: string) => (await list(query)).items.map((item: { entityId: { key: string } }) => item.entityId.key);
  assert.deepEqual(await keys(`?lastOperationTimeFrom=${at(200)}`), ["z", "é 🚚"]);
  assert.deepEqual(await keys(`?lastOperationTimeFrom=${at(200)}&lastOperationTimeTo=${at(300)}`), ["é 🚚"]);
  const seen: string[] = [];
  let token: string | null = null;
  do {
    const page = await list("?top=1", token === null ? {} : { "x-ms-continuation-token": token });
    seen.push(...page.items.map((item: { entityId: { key: string } }) => item.entityId.key));
    token = page.token;
  } while (token !== null);
  assert.deepEqual(seen, ["z", "a", "é 🚚"]);
  const foreign = await call("GET", "/entities", { headers: { "x-ms-continuation-token": "12.3" } });
  assert.deepEqual([foreign.status, foreign.headers.get("x-perdure-error")], [400, "CONTINUATION_INVALID"]);
});

test("row 15: a signal is durable with the 202, JSON where it says so, any other text a string", async () => {
  const { call, mailOf, store } = await open();
  const sent = await call("POST", "/entities/COUNTER/a?op=add", { body: '{"by":1.50}', headers: JSON_TYPE });
  assert.deepEqual([sent.status, sent.text], [202, ""]);
  assertDescribed("/entities/{name}/{key}", "POST", sent.response, sent.text);
  await call("POST", "/entities/counter/a?op=note", { body: "{nonsense", headers: { "content-type": "text/plain" } });
  await call("POST", "/entities/counter/a");
  await call("DELETE", "/entities/counter/a");
  assert.deepEqual(await mailOf("@counter@a"), [
    { ...DURABLE, operation: "add", input: '{"by":1.50}' },
    { ...DURABLE, operation: "note", input: '"{nonsense"' },
    { ...DURABLE, operation: "", input: null },
    { ...DURABLE, operation: "delete", input: null },
  ]);
  const row = await store.getInstance(id("@counter@a"));
  assert.deepEqual([row?.name, row?.status, row?.owner], ["counter", "Running", null]);
});

test("rows 15 and 16: what cannot be is 400 and sends nothing; an unknown name gets the known ones", async () => {
  const { call, store } = await open();
  const refused = async (method: string, path: string, body?: string) => {
    const answer = await call(method, path, body === undefined ? {} : { body, headers: JSON_TYPE });
    assert.equal(answer.status, 400, path);
    assertDescribed("/entities/{name}/{key}", method, answer.response, answer.text);
    return answer;
  };
  for (const method of ["POST", "DELETE"]) {
    const unknown = await refused(method, "/entities/nothing/a");
    assert.equal(unknown.headers.get("x-perdure-error"), "ENTITY_UNKNOWN");
    assert.match(unknown.text, /no entity function .*nothing.*Account.*Counter/);
    assert.match((await refused(method, "/entities/counter/a%23b")).text, /The key .*a#b.* of an entity .*counter.* cannot be used/);
    assert.match((await refused(method, "/entities/counter/a", "{nonsense")).text, /Invalid JSON content/);
  }
  assert.equal((await call("PUT", "/entities/counter/a")).status, 404);
  assert.equal((await call("POST", "/entities/counter")).status, 404);
  assert.deepEqual((await store.dump()).instances, []);
});

test("as an instance: listed, shown with Azure's custom status, purged without being finished", async () => {
  const { call, put, hand, mailOf } = await open();
  await put("@counter@a", { input: "1", customStatus: locked("@counter@a", LOCK, "order-1") });
  const shown = await call("GET", "/instances/@counter@a");
  assert.equal(shown.status, 202);
  assertDescribed("/instances/{instanceId}", "GET", shown.response, shown.text);
  const { instanceId, runtimeStatus, input, customStatus } = JSON.parse(shown.text);
  assert.deepEqual([instanceId, runtimeStatus, input], ["@counter@a", "Running", 1]);
  assert.deepEqual(customStatus, { entityExists: true, queueSize: 2, lockedBy: "order-1" });
  const listed = JSON.parse((await call("GET", "/instances?showInput=false")).text);
  assert.deepEqual(
    listed.map((one: { readonly instanceId: string; readonly customStatus: unknown }) => [one.instanceId, one.customStatus]),
    [["@counter@a", { queueSize: 2, lockedBy: "order-1" }]],
  );
  await hand.own("@@schedule:nightly");
  for (const [filter, ids] of [
    ["", ["@counter@a"]],
    ["instanceIdPrefix=@counter@", ["@counter@a"]],
    ["instanceIdPrefix=@@", ["@@schedule:nightly"]],
    ["showEntities=false", []],
  ] as const) {
    const found = JSON.parse((await call("GET", `/instances?${filter}`)).text);
    assert.deepEqual(
      found.map((one: { readonly instanceId: string }) => one.instanceId),
      ids,
      filter,
    );
    assert.deepEqual(JSON.parse((await call("GET", `/instances?count=true&${filter}`)).text), { count: ids.length, exact: true }, filter);
  }
  assert.deepEqual(JSON.parse((await call("GET", "/entities?showDetails=true&showEmpty=true")).text).length, 1);
  const purged = await call("DELETE", "/instances/@counter@a");
  assert.deepEqual([purged.status, purged.text], [200, '{"instancesDeleted":1}']);
  assert.deepEqual(await mailOf("@counter@a"), [{ kind: "entityPurge", ts: START_OF_TIME }]);
  for (const id of ["@counter@none", "@", "@counter"]) {
    assert.equal((await call("GET", `/instances/${id}`)).status, 404, id);
    assert.equal((await call("DELETE", `/instances/${id}`)).status, 404, id);
  }
  for (const operation of ["terminate", "suspend", "raiseEvent/Go"])
    assert.equal((await call("POST", `/instances/@counter@a/${operation}`, { headers: JSON_TYPE })).status, 404, operation);
});

test("one that is stopped says so, and is resumed as an instance is", async () => {
  const { call, put, hand, store, mailOf } = await open();
  await put("@counter@a", { input: "1" });
  assert.equal((await call("POST", "/instances/@counter@a/resume")).status, 500, "as of an instance that is neither suspended nor stopped");
  assert.equal((await call("POST", "/entities/counter/a?op=add")).status, 202);
  const running = await call("POST", "/entities/counter/a/skip");
  assert.deepEqual([running.status, running.response.headers.get("x-perdure-error")], [412, "ENTITY_NOTHING_TO_SKIP"]);
  assertDescribed("/entities/{name}/{key}/skip", "POST", running.response, running.text);
  const [claimed] = await hand.claim();
  assert.ok(claimed);
  const reason = { code: "ENTITY_POISON", message: "it ended its process", at: START_OF_TIME, codeMayCure: false };
  await hand.commit({ stops: [{ ...claimed, reason, crashes: null }] });
  const [item] = JSON.parse((await call("GET", "/entities?showDetails=true")).text);
  assert.deepEqual(item.details.stopped, { code: reason.code, message: reason.message });
  const skipped = await call("POST", "/Entities/COUNTER/a/Skip?reason=poison");
  assert.deepEqual([skipped.status, JSON.parse(skipped.text)], [202, { operation: "add", isSignal: true, sender: null }]);
  assertDescribed("/entities/{name}/{key}/skip", "POST", skipped.response, skipped.text);
  const [op, skip] = (await store.dump()).inbox;
  assert.deepEqual((await mailOf("@counter@a")).slice(1), [
    { kind: "resume", ts: START_OF_TIME, reason: "poison", skip: { seq: op?.seq } },
  ]);
  assert.ok(skip);
  for (const path of ["counter/b/skip", "coun@ter/a/skip", "counter/a/other", "counter/a/skip/more"])
    assert.equal((await call("POST", `/entities/${path}`)).status, 404, path);
  assert.equal((await call("GET", "/entities/counter/a/skip")).status, 404);
  const row = await store.getInstance(id("@counter@a"));
  assert.deepEqual([row?.stopped, row?.wakeAt], [null, START_OF_TIME]);
});

test("where no worker is live a signal is accepted unseen", async () => {
  const { call, hand, mailOf } = await open();
  await hand.store.leave({ worker: hand.worker, fence: hand.fence });
  assert.equal((await call("POST", "/entities/later/a?op=add")).status, 202);
  assert.equal((await call("POST", "/entities/la@ter/a?op=add")).status, 400);
  assert.equal((await mailOf("@later@a")).length, 1);
});

const LOCK = { no: 4_711, generation: 0, id: 3 };
const locked = (entity: string, key: typeof LOCK, holder: string) =>
  JSON.stringify({ lock: { key, holder, entities: [entity], at: 0, since: START_OF_TIME }, held: 2 });

test("details say who holds the lock and what failed; a clean releases locks of orchestrations that are gone, and no other", async () => {
  const { call, put, hand, mailOf, client } = await open();
  const [live] = await hand.own("order-2");
  const failure = { operation: "add", message: "boom", at: START_OF_TIME };
  await put("@counter@a", { input: "1", customStatus: locked("@counter@a", LOCK, "order-1") });
  await put("@counter@b", { input: "1", customStatus: locked("@counter@b", { ...LOCK, no: live! }, "order-2") });
  await put("@counter@c", { input: "1", customStatus: JSON.stringify({ lastFailure: failure }) });
  await put("@counter@empty", { input: null, updatedAt: START_OF_TIME - 36 * 60_000 });
  await put("@counter@late", { input: null });
  const details = JSON.parse((await call("GET", "/entities?showDetails=true&showEmpty=true")).text).map(
    (item: { details: unknown }) => item.details,
  );
  const time = new Date(START_OF_TIME).toISOString().replace(/\.0+Z/, "Z");
  const free = { exists: true, lockedBy: null, held: 0, lastFailure: null, stopped: null };
  const heldBy = (instanceId: string) => ({ ...free, lockedBy: { instanceId, since: time }, held: 2 });
  assert.deepEqual(details, [
    heldBy("order-1"),
    heldBy("order-2"),
    { ...free, lastFailure: { ...failure, at: time } },
    { ...free, exists: false },
    { ...free, exists: false },
  ]);
  const cleaned = await call("POST", "/entities");
  assert.deepEqual([cleaned.status, JSON.parse(cleaned.text)], [200, { emptyEntitiesRemoved: 1, orphanedLocksReleased: 1 }]);
  assertDescribed("/entities", "POST", cleaned.response, cleaned.text);
  assert.deepEqual(await mailOf("@counter@a"), [
    { kind: "entityRelease", ts: START_OF_TIME, lock: LOCK, holder: "order-1", entities: ["@counter@a"], at: 0 },
  ]);
  assert.deepEqual([await mailOf("@counter@b"), await mailOf("@counter@c")], [[], []]);
  assert.deepEqual(await mailOf("@counter@empty"), [{ kind: "event", ts: START_OF_TIME, name: "", input: null }]);
  assert.deepEqual(await mailOf("@counter@late"), []);
  assert.deepEqual(await client.entities.clean({ removeEmptyEntities: false, releaseOrphanedLocks: false }), {
    emptyEntitiesRemoved: 0,
    orphanedLocksReleased: 0,
  });
});

test("a purge tells the owner; of one that never was it says so", async () => {
  const { put, client, mailOf } = await open();
  await put("@counter@a", { input: "1" });
  assert.deepEqual([await client.entities.purge(id("@counter@a")), await client.entities.purge(id("@counter@b"))], [true, false]);
  assert.deepEqual(await mailOf("@counter@a"), [{ kind: "entityPurge", ts: START_OF_TIME }]);
});
