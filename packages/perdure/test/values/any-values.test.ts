import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import type { DurableClient, OrchestrationHandle, TaskHubOptions } from "perdure";
import {
  activity,
  activityRef,
  externalEvent,
  http,
  isRegistrable,
  onStart,
  onStop,
  orchestrator,
  orchestratorRef,
  outsideOrchestration,
  PerdureError,
  TaskHub,
} from "perdure";
import type { HttpHandlerOptions } from "perdure/http";
import { createHttpHandler, serveHttp, toNodeListener } from "perdure/http";
import type { TestHub } from "perdure/testing";
import { createTestHub } from "perdure/testing";

/** What arguments.test.ts lists by hand, here with anything: whatever is passed, it is taken or refused in words, and nothing of it is left in the hub. */

const waits = orchestrator("Waits", (ctx) => ctx.waitForExternalEvent<string>("go"));
const request = new Request("http://localhost/readyz");
let hub: TaskHub;
let kit: TestHub;
let client: DurableClient;
let run: OrchestrationHandle<string>;
const loose: unknown[] = [];
const noteLoose = (reason: unknown) => loose.push(reason);

before(async () => {
  process.on("unhandledRejection", noteLoose);
  hub = await TaskHub.open("memory:", { functions: [waits], log: false });
  await hub.start();
  kit = await createTestHub({ functions: [waits] });
  client = hub.client;
  run = await client.startNew(waits, { instanceId: "one" });
});
after(async () => {
  await kit[Symbol.asyncDispose]();
  await hub.close();
  process.off("unhandledRejection", noteLoose);
});

const anything = fc.oneof(
  fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withTypedArray: true,
  }),
  fc.constantFrom<unknown>(
    Symbol("s"),
    () => 1,
    class A {},
    Promise.resolve(),
    new Error("e"),
    /x/,
    new URL("http://x/"),
    request,
    "one",
    "1s",
    "\ud83d",
    "a\u0000",
  ),
);

type Call = (value: never) => unknown;
const field =
  <Options>(call: (options: Options) => unknown, base: object = {}) =>
  (name: string): Call =>
  (value) =>
    call({ ...base, [name]: value } as Options);
const fields = (door: string, names: readonly string[], make: (name: string) => Call): readonly (readonly [string, Call])[] =>
  names.map((name) => [`${door} ${name}`, make(name)] as const);
const all = async (pages: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of pages);
};
/** Opened, it is closed again. */
const open = async (options: TaskHubOptions): Promise<void> => (await TaskHub.open("memory:", { log: false, ...options })).close();
const soon = { timeout: "1ms" } as const;

const DOORS: readonly (readonly [string, Call])[] = [
  ["startNew function", (value) => client.startNew(value)],
  ["startNew options", (value) => client.startNew(waits, value)],
  ...fields(
    "startNew",
    ["input", "instanceId", "version", "startAt", "tags", "onExisting", "transaction"],
    field((options) => client.startNew(waits, options as never)),
  ),
  ["handle", (value) => client.handle(value, "one")],
  ["handle id", (value) => client.handle(waits, value)],
  ["result", (value) => run.result({ ...soon, ...Object(value) })],
  ["handle raiseEvent", (value) => client.handle(waits, "none").raiseEvent(value)],
  ["getStatus id", (value) => client.getStatus(value)],
  ["getStatus options", (value) => client.getStatus("one", value)],
  ["query", (value) => all(client.query(value))],
  ...fields(
    "query",
    ["runtimeStatus", "createdFrom", "createdTo", "instanceIdPrefix", "stopped", "showInput", "pageSize"],
    field((filter) => all(client.query(filter as never))),
  ),
  ["waitForStart", (value) => client.waitForStart(value, soon)],
  ["waitForCompletion", (value) => client.waitForCompletion(value, soon)],
  ["waitForCompletion signal", field((options) => client.waitForCompletion("one", options as never), soon)("signal")],
  ["raiseEvent id", (value) => client.raiseEvent(value, "x")],
  ["raiseEvent name", (value) => client.raiseEvent("none", value)],
  ["raiseEvent data", (value) => client.raiseEvent("one", "x", value)],
  ["raiseEvent options", (value) => client.raiseEvent("none", "x", 1, value)],
  ["suspend", (value) => client.suspend("none", value)],
  ["resume", (value) => client.resume("none", value)],
  ["terminate", (value) => client.terminate("none", value)],
  ["purge", (value) => client.purge(value)],
  ["purgeBy", (value) => client.purgeBy(value)],
  ...fields(
    "purgeBy",
    ["runtimeStatus", "createdFrom", "createdTo", "dryRun"],
    field((filter) => client.purgeBy(filter as never), { createdTo: "2000-01-01" }),
  ),
  ["createCheckStatusResponse", (value) => client.createCheckStatusResponse(value, "one")],
  ["createCheckStatusResponse id", (value) => client.createCheckStatusResponse(request, value)],
  ["createHttpManagementPayload", (value) => client.createHttpManagementPayload(value)],
  ["activity", (value) => activity(value, () => 1)],
  ["activity handler", (value) => activity("x", value)],
  ["activity options", (value) => activity("x", value, () => 1)],
  ...fields(
    "activity",
    ["retry", "timeout", "maxConcurrent", "input", "output"],
    field((options) => activity("x", options as never, () => 1)),
  ),
  ...fields(
    "retry",
    ["maxAttempts", "firstInterval", "backoff", "maxInterval", "timeout", "jitter", "handle"],
    field((retry) => activity("x", { retry } as never, () => 1), { maxAttempts: 2, firstInterval: "1s" }),
  ),
  ["orchestrator options", (value) => orchestrator("x", value, async () => 1)],
  ...fields(
    "orchestrator",
    ["version", "retry", "input", "output"],
    field((options) => orchestrator("x", options as never, async () => 1)),
  ),
  ...fields(
    "http",
    ["methods", "route", "authLevel"],
    field((options) => http("x", options as never, () => new Response())),
  ),
  ["onStart", (value) => onStart(value)],
  ["onStop", (value) => onStop(value)],
  ["references", (value) => [activityRef(value), orchestratorRef(value)]],
  ["externalEvent", (value) => externalEvent(value)],
  ["externalEvent schema", (value) => externalEvent("x", value)],
  ["isRegistrable", (value) => isRegistrable(value)],
  ["TaskHub.open", (value) => open(value)],
  ...fields(
    "TaskHub.open",
    [
      "functions",
      "keys",
      "name",
      "publicOrigin",
      "forwardedHost",
      "retention",
      "maxConcurrent",
      "maxOwnedInstances",
      "acceptTimeout",
      "storeTimeout",
      "codeVersion",
    ],
    field(open),
  ),
  ...fields(
    "TaskHub.open",
    [
      "drainTimeout",
      "functionNotFoundAfter",
      "maxPayloadBytes",
      "maxHistoryEvents",
      "maxHistoryBytes",
      "maxJsonDepth",
      "log",
      "codec",
      "store",
    ],
    field(open),
  ),
  ...fields(
    "maxConcurrent",
    ["total", "each"],
    field((maxConcurrent: object) => open({ maxConcurrent })),
  ),
  ...fields(
    "log",
    ["engine", "functions", "to"],
    field((log) => open({ log: log as never })),
  ),
  ["functions entry", (value) => open({ functions: [value] })],
  ["createTestHub", async (value) => (await createTestHub(value))[Symbol.asyncDispose]()],
  ...fields(
    "createTestHub",
    ["functions", "seed", "startsAt", "log"],
    field(async (options) => (await createTestHub(options as never))[Symbol.asyncDispose](), { functions: [] }),
  ),
  ["testHub.result", (value) => kit.result(value)],
  ["createHttpHandler", (value) => createHttpHandler(value)],
  ["createHttpHandler options", (value) => createHttpHandler(hub, value)],
  ...fields(
    "createHttpHandler",
    ["connectionName", "basePath", "routePrefix", "mountPath", "keys", "forwardedHost", "corsOrigins", "publicOrigin", "maxBodyBytes"],
    field<HttpHandlerOptions>((options) => createHttpHandler(hub, options)),
  ),
  ...fields(
    "createHttpHandler",
    ["maxHeldBodyBytes", "bodyTimeout", "probes", "readiness", "version", "log"],
    field<HttpHandlerOptions>((options) => createHttpHandler(hub, options)),
  ),
  ["the handler", (value) => createHttpHandler(hub)(value)],
  ["serves", (value) => createHttpHandler(hub).serves(value)],
  ["toNodeListener", (value) => toNodeListener(value)],
  ["serveHttp", (value) => serveHttp(value)],
  ["outsideOrchestration", (value) => outsideOrchestration(typeof value === "function" ? ((() => value) as never) : value)],
];

/** Null when it was taken, or refused in words by an error of the catalogue that is not a defect. */
async function fault(call: Call, value: unknown): Promise<string | null> {
  try {
    await call(value as never);
    return null;
  } catch (error) {
    if (error instanceof PerdureError && error.kind !== "internal" && error.kind !== "store") return null;
    return String((error as Error)?.stack ?? error);
  }
}

for (const [door, call] of DOORS) {
  test(`anything at ${door} is taken or refused in words`, async () => {
    const property = fc.asyncProperty(anything, async (value) => assert.equal(await fault(call, value), null));
    await fc.assert(property, { numRuns: 40, seed: 20_261_129 });
  });
}

test("after all of it the hub works, and no rejection is left", async () => {
  assert.deepEqual(loose, []);
  await client.raiseEvent("one", "go", "ok");
  assert.equal(await run.result({ timeout: "10s" }), "ok");
});
