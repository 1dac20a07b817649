import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { DurableClient, OrchestrationContext, PerdureError, TaskHubOptions } from "perdure";
import { activity, activityRef, externalEvent, http, orchestrator, orchestratorRef, outsideOrchestration, TaskHub } from "perdure";
import { createHttpHandler, serveHttp, toNodeListener } from "perdure/http";
import { createTestHub } from "perdure/testing";
import { KINDS, openHub } from "./stores.ts";

/** Whatever a caller in JavaScript may pass where none of it belongs. */
const NO_STRING: readonly unknown[] = [5, Number.NaN, 5n, true, null, {}, [], () => 1, Symbol("s"), new Date(5), new Map()];
/** The last five hold nothing in fields. */
const NO_OBJECT: readonly unknown[] = [5, "text", null, true, ["timeout"], [], new Map([["a", "b"]]), new Date(5), new Error("e"), /x/];
const NO_BOOLEAN: readonly unknown[] = [0, "true", null, {}];
const NO_COUNT: readonly unknown[] = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "5", 5n, null, {}];
const NO_DATE: readonly unknown[] = [new Date("x"), 5, null, {}, true];
const NO_FUNCTION_NAME: readonly unknown[] = [...NO_STRING, "", " ", "*", "x".repeat(257), "\ud83d", "a\u0000b"];
const NO_VERSION_TEXT = ["", " \t", "x".repeat(257), "\ud83d", "a\u0000b"];
const NO_VERSION: readonly unknown[] = [...NO_STRING.filter((bad) => bad !== null), ...NO_VERSION_TEXT];
const NO_ID = ["", ".", "..", "a/b", "a?b", "\ud83d", "@a", "a\u0000b", "x".repeat(257)];

/** The last: what Node and Express call a request, whose `url` is a path. */
const NO_REQUEST: readonly unknown[] = [5, "http://host/", null, {}, [], { url: "http://host/" }, { url: "/api", headers: {} }];

interface Door {
  readonly call: (bad: never, client: DurableClient) => unknown;
  readonly bad: readonly unknown[];
  readonly codes: readonly string[];
}

const OPTION = ["OPTION_INVALID"];
const ID = ["INSTANCE_ID_INVALID"];
const VERSION = ["VERSION_INVALID"];
const waits = orchestrator("Waits", (ctx) => ctx.waitForExternalEvent<string>("go"));
const request = new Request("http://host/");
const page = async (pages: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of pages) return;
};

const CLIENT: { readonly [door: string]: Door } = {
  "startNew function": {
    bad: [...NO_FUNCTION_NAME, async function Waits() {}],
    codes: OPTION,
    call: (bad, client) => client.startNew(bad),
  },
  "startNew options": { bad: NO_OBJECT, codes: OPTION, call: (bad, client) => client.startNew(waits, bad) },
  "startNew instanceId": {
    bad: [...NO_STRING, ...NO_ID],
    codes: ID,
    call: (instanceId, client) => client.startNew(waits, { instanceId }),
  },
  "startNew version": {
    bad: NO_VERSION,
    codes: VERSION,
    call: (version, client) => client.startNew(waits, { version }),
  },
  "startNew version of a reference": {
    bad: NO_VERSION_TEXT,
    codes: VERSION,
    call: (version: string, client) => client.startNew({ kind: "orchestrator", name: "Waits", version } as never),
  },
  "startNew tags": {
    bad: [5, "text", [1], new Map([["a", "b"]]), { a: 1 }, { a: null }],
    codes: OPTION,
    call: (tags, client) => client.startNew(waits, { tags }),
  },
  "startNew startAt": { bad: NO_DATE, codes: OPTION, call: (startAt, client) => client.startNew(waits, { startAt }) },
  "startNew onExisting": {
    bad: ["Error", "", ...NO_STRING],
    codes: OPTION,
    call: (onExisting, client) => client.startNew(waits, { onExisting }),
  },
  "startNew transaction": { bad: [5, {}, null], codes: OPTION, call: (transaction, client) => client.startNew(waits, { transaction }) },
  "handle function": { bad: [5, null, undefined, {}], codes: OPTION, call: (bad, client) => client.handle(bad, "one") },
  "handle id": { bad: NO_STRING, codes: ID, call: (bad, client) => client.handle(waits, bad) },
  "getStatus id": { bad: [...NO_STRING, undefined], codes: ID, call: (bad, client) => client.getStatus(bad) },
  "getStatus options": { bad: NO_OBJECT, codes: OPTION, call: (bad, client) => client.getStatus("one", bad) },
  "getStatus showHistory": { bad: NO_BOOLEAN, codes: OPTION, call: (showHistory, client) => client.getStatus("one", { showHistory }) },
  "query filter": { bad: NO_OBJECT, codes: OPTION, call: (bad, client) => page(client.query(bad)) },
  "query pageSize": { bad: NO_COUNT, codes: OPTION, call: (pageSize, client) => page(client.query({ pageSize })) },
  "query createdFrom": { bad: NO_DATE, codes: OPTION, call: (createdFrom, client) => page(client.query({ createdFrom })) },
  "query createdTo": { bad: NO_DATE, codes: OPTION, call: (createdTo, client) => page(client.query({ createdTo })) },
  "query instanceIdPrefix": {
    bad: NO_STRING,
    codes: OPTION,
    call: (instanceIdPrefix, client) => page(client.query({ instanceIdPrefix })),
  },
  "query showInput": { bad: NO_BOOLEAN, codes: OPTION, call: (showInput, client) => page(client.query({ showInput })) },
  "query runtimeStatus": {
    bad: [5, "nothing", ["Nothing"], [5], [null], {}],
    codes: OPTION,
    call: (runtimeStatus, client) => page(client.query({ runtimeStatus })),
  },
  "waitForStart id": { bad: NO_STRING, codes: ID, call: (bad, client) => client.waitForStart(bad) },
  "waitForCompletion id": { bad: NO_STRING, codes: ID, call: (bad, client) => client.waitForCompletion(bad) },
  "waitForCompletion options": { bad: NO_OBJECT, codes: OPTION, call: (bad, client) => client.waitForCompletion("one", bad) },
  "waitForCompletion signal": {
    bad: [5, "x", null, {}],
    codes: OPTION,
    call: (signal, client) => client.waitForCompletion("one", { signal }),
  },
  "raiseEvent id": { bad: NO_STRING, codes: ID, call: (bad, client) => client.raiseEvent(bad, "go") },
  "raiseEvent name": {
    bad: [...NO_STRING, "", undefined],
    codes: OPTION,
    call: (bad, client) => client.raiseEvent("one", bad, "x"),
  },
  "raiseEvent with a reference of another kind": {
    bad: [waits, activityRef("x")],
    codes: ["CALL_INVALID"],
    call: (bad, client) => client.raiseEvent("one", bad, "x"),
  },
  "raiseEvent messageId": {
    bad: ["", "x".repeat(257), 5, null, {}],
    codes: OPTION,
    call: (bad, client) => client.raiseEvent("one", "go", "x", { messageId: bad as string }),
  },
  "raiseEvent options": { bad: NO_OBJECT, codes: OPTION, call: (bad, client) => client.raiseEvent("one", "go", "x", bad) },
  "suspend id": { bad: NO_STRING, codes: ID, call: (bad, client) => client.suspend(bad) },
  "suspend reason": {
    bad: NO_STRING.filter((bad) => bad !== null),
    codes: OPTION,
    call: (bad, client) => client.suspend("one", bad),
  },
  "resume reason": { bad: NO_STRING.filter((bad) => bad !== null), codes: OPTION, call: (bad, client) => client.resume("one", bad) },
  "terminate id": { bad: NO_STRING, codes: ID, call: (bad, client) => client.terminate(bad) },
  "terminate options": { bad: NO_OBJECT, codes: OPTION, call: (bad, client) => client.terminate("one", bad) },
  "terminate reason": { bad: [5, {}], codes: OPTION, call: (reason, client) => client.terminate("one", { reason }) },
  "terminate recursive": { bad: NO_BOOLEAN, codes: OPTION, call: (recursive, client) => client.terminate("one", { recursive }) },
  "purge id": { bad: NO_STRING, codes: ID, call: (bad, client) => client.purge(bad) },
  "purgeBy filter": { bad: NO_OBJECT, codes: OPTION, call: (bad, client) => client.purgeBy(bad) },
  "purgeBy createdTo": { bad: NO_DATE, codes: OPTION, call: (createdTo, client) => client.purgeBy({ createdTo }) },
  "createCheckStatusResponse id": { bad: NO_STRING, codes: ID, call: (bad, client) => client.createCheckStatusResponse(request, bad) },
  "createCheckStatusResponse request": {
    bad: NO_REQUEST,
    codes: OPTION,
    call: (bad, client) => client.createCheckStatusResponse(bad, "one"),
  },
  "waitForCompletionOrCreateCheckStatusResponse request": {
    bad: NO_REQUEST,
    codes: OPTION,
    call: (bad, client) => client.waitForCompletionOrCreateCheckStatusResponse(bad, "one", { timeout: "10ms" }),
  },
  "createHttpManagementPayload id": { bad: NO_STRING, codes: ID, call: (bad, client) => client.createHttpManagementPayload(bad) },
  "waitForCompletionOrCreateCheckStatusResponse options": {
    bad: NO_OBJECT,
    codes: OPTION,
    call: (bad, client) => client.waitForCompletionOrCreateCheckStatusResponse(request, "one", bad),
  },
};

const UNKNOWN: { readonly [door: string]: (client: DurableClient) => unknown } = {
  startNew: (client) => client.startNew(waits, { instanceID: "x" } as never),
  getStatus: (client) => client.getStatus("one", { showhistory: true } as never),
  query: (client) => page(client.query({ status: ["Failed"] } as never)),
  purgeBy: (client) => client.purgeBy({ status: ["Failed"] } as never),
  waitForCompletion: (client) => client.waitForCompletion("one", { timeOut: "1s" } as never),
  raiseEvent: (client) => client.raiseEvent("one", "go", "x", { transactoin: null } as never),
  terminate: (client) => client.terminate("one", { reasons: "x" } as never),
};

/** Also where the error is thrown at once instead of with the promise. */
const refuses = (call: () => unknown, codes: readonly string[], what: string): Promise<void> =>
  assert.rejects(
    async () => call(),
    (error: PerdureError) => {
      assert.ok(codes.includes(error.code), `${what}: ${String(error.code)} ${error.message}`);
      return true;
    },
    what,
  );

const text = (bad: unknown) =>
  typeof bad === "string" ? JSON.stringify(bad.slice(0, 20)) : String(typeof bad === "object" ? JSON.stringify(bad) : String(bad));

for (const kind of KINDS) {
  describe(`values of the wrong type at the client (${kind})`, () => {
    let hub: TaskHub;
    before(async () => {
      hub = await openHub(kind, { functions: [waits] });
      await hub.start();
      await hub.client.startNew(waits, { instanceId: "one" });
    });
    after(() => hub.close());

    test("each is refused in words, and the instance continues", async () => {
      for (const [door, { bad, codes, call }] of Object.entries(CLIENT))
        for (const one of bad) await refuses(() => call(one as never, hub.client), codes, `${door} ${text(one)}`);
      for (const [door, call] of Object.entries(UNKNOWN)) await refuses(() => call(hub.client), ["OPTION_UNKNOWN"], door);
      await hub.client.raiseEvent("one", "go", "ok");
      assert.equal(await hub.client.handle(waits, "one").result({ timeout: "10s" }), "ok");
    });

    test("a version that cannot be recorded is refused over HTTP too, and nothing is started", async () => {
      const serve = createHttpHandler(hub, { keys: [] });
      for (const version of ["", "%20", "x".repeat(257), "a%00b"]) {
        const url = `http://localhost/runtime/webhooks/durabletask/orchestrators/Waits/versioned?version=${version}`;
        const answer = await serve(new Request(url, { method: "POST" }));
        assert.deepEqual([answer.status, answer.headers.get("x-perdure-error")], [400, "VERSION_INVALID"], version);
        assert.equal(await hub.client.getStatus("versioned"), null);
      }
    });

    test("an id that no instance can have is unknown, and a prefix that no id can have finds none", async () => {
      const { client } = hub;
      await client.startNew(waits, { instanceId: "\u{1f600}-two" });
      for (const id of NO_ID) {
        assert.equal(await client.getStatus(id, { showHistory: true }), null, id);
        assert.equal(await client.purge(id), false, id);
        for (const call of [
          () => client.raiseEvent(id, "go"),
          () => client.suspend(id),
          () => client.resume(id),
          () => client.terminate(id),
          () => client.waitForCompletion(id),
          () => client.handle(waits, id).result(),
        ])
          await refuses(call, ["INSTANCE_NOT_FOUND"], id);
      }
      for (const instanceIdPrefix of ["\ud83d", "a\u0000", "@", "a/", "x".repeat(257)]) {
        let found = 0;
        for await (const _ of client.query({ instanceIdPrefix })) found += 1;
        assert.equal(found, 0, instanceIdPrefix);
      }
      const ids: string[] = [];
      for await (const { instanceId } of client.query({ instanceIdPrefix: "\u{1f600}", pageSize: Number.MAX_SAFE_INTEGER }))
        ids.push(instanceId);
      assert.deepEqual(ids, ["\u{1f600}-two"]);
    });
  });
}

type Call = (ctx: OrchestrationContext, bad: never) => unknown;
const INSIDE: { readonly [door: string]: readonly [readonly unknown[], readonly string[], Call] } = {
  "callActivity function": [[...NO_FUNCTION_NAME, undefined], OPTION, (ctx, bad) => ctx.callActivity(bad)],
  "callActivity with an orchestrator": [[waits], ["CALL_INVALID"], (ctx, bad) => ctx.callActivity(bad)],
  "callActivity options": [NO_OBJECT, OPTION, (ctx, bad) => ctx.callActivity("x", 1, bad)],
  "callSubOrchestrator function": [[...NO_FUNCTION_NAME, undefined], OPTION, (ctx, bad) => ctx.callSubOrchestrator(bad)],
  "callSubOrchestrator instanceId": [
    [...NO_STRING, ...NO_ID],
    ["CHILD_ID_INVALID"],
    (ctx, instanceId) => ctx.callSubOrchestrator("x", 1, { instanceId }),
  ],
  "callSubOrchestrator tags": [[5, { a: 1 }], OPTION, (ctx, tags) => ctx.callSubOrchestrator("x", 1, { tags })],
  "callSubOrchestrator version": [NO_VERSION, VERSION, (ctx, version) => ctx.callSubOrchestrator("x", 1, { version })],
  "startOrchestration version": [NO_VERSION, VERSION, (ctx, version) => ctx.startOrchestration("x", 1, { version })],
  "startOrchestration instanceId": [
    [...NO_STRING, ...NO_ID],
    ["CHILD_ID_INVALID"],
    (ctx, instanceId) => ctx.startOrchestration("x", 1, { instanceId }),
  ],
  "startOrchestration startAt": [NO_DATE, OPTION, (ctx, startAt) => ctx.startOrchestration("x", 1, { startAt })],
  createTimer: [[...NO_DATE, undefined], OPTION, (ctx, bad) => ctx.createTimer(bad)],
  "waitForExternalEvent name": [[...NO_STRING, ""], OPTION, (ctx, bad) => ctx.waitForExternalEvent(bad)],
  "waitForExternalEvent options": [NO_OBJECT, OPTION, (ctx, bad) => ctx.waitForExternalEvent("x", bad)],
  "raiseEvent id": [[...NO_STRING, ...NO_ID, undefined], ID, (ctx, bad) => ctx.raiseEvent(bad, "x")],
  "raiseEvent name": [[...NO_STRING, ""], OPTION, (ctx, bad) => ctx.raiseEvent("x", bad)],
  "continueAsNew options": [NO_OBJECT, OPTION, (ctx, bad) => continues(ctx)(1, bad)],
  "continueAsNew preserveUnprocessedEvents": [
    NO_BOOLEAN,
    OPTION,
    (ctx, preserveUnprocessedEvents) => continues(ctx)(1, { preserveUnprocessedEvents }),
  ],
  "continueAsNew version": [NO_VERSION, VERSION, (ctx, version) => continues(ctx)(1, { version })],
  "continueAsNew tags": [[5, "x", ["x"], { a: 1 }], OPTION, (ctx, tags) => continues(ctx)(1, { tags })],
  any: [[5, null, undefined, "x", [], [5], {}, { a: 5 }], ["CALL_INVALID"], (ctx, bad) => ctx.any(bad)],
  all: [[5, null, undefined, "x", [5], {}], ["CALL_INVALID"], (ctx, bad) => ctx.all(bad)],
};

const continues = (ctx: OrchestrationContext) =>
  (ctx as unknown as { continueAsNew(input: unknown, options: unknown): void }).continueAsNew.bind(ctx);

test("values of the wrong type inside an orchestrator are refused at the call", async () => {
  const found: { readonly door: string; readonly bad: string; readonly codes: readonly string[]; readonly code: unknown }[] = [];
  const asked = orchestrator("Asked", async (ctx) => {
    found.length = 0;
    for (const [door, [bads, codes, call]] of Object.entries(INSIDE)) {
      for (const bad of bads) {
        let code: unknown = "nothing thrown";
        try {
          call(ctx, bad as never);
        } catch (error) {
          code = (error as PerdureError).code;
        }
        found.push({ door, bad: text(bad), codes, code });
      }
    }
  });
  await using hub = await createTestHub({ functions: [asked] });
  await hub.result(await hub.client.startNew(asked));
  assert.deepEqual(
    found.filter(({ codes, code }) => !codes.includes(String(code))),
    [],
  );
});

test("definitions are checked when they are made", async () => {
  const handler = async () => 1;
  const NAME = ["FUNCTION_NAME_INVALID"];
  for (const bad of [...NO_FUNCTION_NAME, undefined] as never[]) {
    await refuses(() => activity(bad, handler), NAME, text(bad));
    await refuses(() => orchestrator(bad, handler), NAME, text(bad));
    await refuses(() => http(bad, () => new Response()), NAME, text(bad));
    await refuses(() => externalEvent(bad), NAME, text(bad));
    await refuses(() => activityRef(bad), NAME, text(bad));
    await refuses(() => orchestratorRef(bad), NAME, text(bad));
  }
  for (const bad of [5, null, "text", {}] as never[]) {
    await refuses(() => activity("x", bad), ["CALL_INVALID"], text(bad));
    await refuses(() => orchestrator("x", bad), ["CALL_INVALID"], text(bad));
    await refuses(() => http("x", bad), ["CALL_INVALID"], text(bad));
    await refuses(() => externalEvent("x", bad), OPTION, text(bad));
    await refuses(() => activity("x", { input: bad }, handler), OPTION, text(bad));
  }
  for (const maxConcurrent of NO_COUNT as never[])
    await refuses(() => activity("x", { maxConcurrent }, handler), OPTION, text(maxConcurrent));
  for (const version of NO_VERSION as never[]) await refuses(() => orchestrator("x", { version }, handler), VERSION, text(version));
  for (const route of [5, null, {}] as never[]) await refuses(() => http("x", { route }, () => new Response()), OPTION, text(route));
});

test("options of a hub and of the test kit are checked at the door", async () => {
  const bad: { readonly [Option in keyof TaskHubOptions]?: readonly unknown[] } = {
    functions: [5, {}, "x", null],
    name: [...NO_STRING, ""],
    maxConcurrent: [
      ...NO_COUNT.filter((value) => typeof value !== "object"),
      new Map([["total", 5]]),
      { total: 0 },
      { each: 5 },
      { each: null },
      { each: new Map([["Ship", 2]]) },
    ],
    log: [[], new Map([["engine", "info"]]), new Date(5)],
    maxOwnedInstances: NO_COUNT,
    acceptTimeout: ["0s", { minutes: 0 }, 5, "5", null],
    maxPayloadBytes: NO_COUNT,
    maxHistoryEvents: NO_COUNT,
    maxHistoryBytes: NO_COUNT,
    maxJsonDepth: NO_COUNT,
    codec: [5, {}, null, { encode: 1, decode: 2 }],
    publicOrigin: [5, "no origin", null, {}],
    keys: ["secret", [""], [5], null, {}],
    forwardedHost: NO_BOOLEAN,
    store: [5, {}, null],
    commitDelayMs: [-1, Number.NaN, "5", null],
    engine: [5, "x", null, { leaseMs: "10s" }, { leaseMs: Number.NaN }, { leaseMs: null }, { keepCursors: 1 }],
  };
  for (const [option, values] of Object.entries(bad))
    for (const value of values ?? []) await refuses(() => TaskHub.open("memory:", { [option]: value }), OPTION, `${option} ${text(value)}`);
  for (const keys of ["s3cret", ["s3cret", ""], { key: "s3cret" }] as never[]) {
    const withoutKey = { code: "OPTION_INVALID", message: /"keys" is (?:a string|a list|an object); expected a(?:n array| list)/ };
    await assert.rejects(TaskHub.open("memory:", { keys }), withoutKey);
    await using hub = await TaskHub.open("memory:");
    assert.throws(() => createHttpHandler(hub, { keys }), withoutKey);
  }
  for (const value of NO_OBJECT as never[]) await refuses(() => TaskHub.open("memory:", value), OPTION, text(value));
  for (const value of NO_STRING as never[]) await refuses(() => TaskHub.open(value), ["STORE_URL_INVALID"], text(value));
  await (await TaskHub.open("memory:", { engine: { leaseMs: undefined } as never })).close();
  for (const url of ["plain.db", "sqlite:plain.db", "sqlite://plain.db"]) {
    await assert.rejects(TaskHub.open(url), { code: "STORE_URL_INVALID", message: /Write "file:plain\.db" for that file\.$/ });
  }
  // Options that are only for our own tests are not listed.
  const named = { code: "OPTION_UNKNOWN", message: /"forwardedHost", "http", "metrics", "traces"\.$/ };
  await assert.rejects(TaskHub.open("memory:", { funcs: [] } as never), named);

  const kit: readonly unknown[] = [
    undefined,
    ...NO_OBJECT,
    {},
    { functions: 5 },
    { functions: [], seed: "1" },
    { functions: [], startsAt: new Date("x") },
  ];
  for (const options of kit as never[]) await refuses(() => createTestHub(options), OPTION, text(options));
  for (const log of [[], new Map(), 5] as never[]) await refuses(() => createTestHub({ functions: [], log }), OPTION, text(log));
  await refuses(() => createTestHub({ functions: [], start: 5 } as never), ["OPTION_UNKNOWN"], "start");
  await using hub = await createTestHub({ functions: [waits] });
  for (const version of NO_VERSION as never[]) await refuses(() => hub.client.startNew(waits, { version }), VERSION, text(version));
  for (const run of [5, null, undefined, {}, "one"] as never[]) await refuses(() => hub.result(run), OPTION, text(run));
});

test("the doors of perdure/http are checked when they are called", async () => {
  await using hub = await TaskHub.open("memory:", { functions: [waits], log: false });
  const handler = createHttpHandler(hub);
  for (const bad of NO_OBJECT as never[]) {
    await refuses(() => createHttpHandler(bad), OPTION, text(bad));
    await refuses(() => createHttpHandler(hub, bad), OPTION, text(bad));
  }
  for (const maxBodyBytes of NO_COUNT.filter((value) => value !== null) as never[])
    await refuses(() => createHttpHandler(hub, { maxBodyBytes }), OPTION, text(maxBodyBytes));
  // The request of Node is the likely slip: `createServer(createHttpHandler(hub))`.
  const withoutUrl = NO_REQUEST.filter((bad) => !URL.canParse((bad as { readonly url?: string } | null)?.url ?? ""));
  for (const bad of [...withoutUrl, undefined] as never[]) {
    const message = { code: "OPTION_INVALID", message: /"request" is (?!Incoming|\{).*toNodeListener\(handler\)/ };
    await assert.rejects(async () => handler(bad), message, text(bad));
    await assert.rejects(async () => handler.serves(bad), message, text(bad));
  }
  const NO_HANDLER = [...NO_STRING, "x", hub, createHttpHandler] as never[];
  for (const bad of [...NO_HANDLER, undefined] as never[]) {
    await refuses(() => toNodeListener(bad), OPTION, text(bad));
    await refuses(() => serveHttp({ handler: bad, port: 0 }), OPTION, text(bad));
  }
  for (const bad of [...NO_OBJECT, undefined] as never[]) await refuses(() => serveHttp(bad), OPTION, text(bad));
  for (const port of [-1, 65_536, 1.5, "0", null] as never[]) await refuses(() => serveHttp({ handler, port }), OPTION, text(port));
  for (const hostname of [5, "", " ", {}, null] as never[])
    await refuses(() => serveHttp({ handler, port: 0, hostname }), OPTION, text(hostname));
});

test("outsideOrchestration takes a function", async () => {
  for (const bad of [5, "x", {}, null, undefined, Promise.resolve()] as never[])
    await refuses(() => outsideOrchestration(bad), ["CALL_INVALID"], text(bad));
});
