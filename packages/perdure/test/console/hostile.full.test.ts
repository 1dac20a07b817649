import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { test } from "node:test";
import type { Route } from "../../src/console/call.ts";
import { FILTER_QUERY } from "../../src/console/instance-filter.ts";
import { ROUTES } from "../../src/console/routes.ts";
import { activity, entity, orchestrator, schedule } from "../../src/index.ts";
import { freshDatabase } from "../../src/testing/postgres/databases.ts";
import { sharedPostgres, TEST_SERVERS } from "../../src/testing/postgres/shared-server.ts";
import type { Stage } from "./testing/stage.ts";
import { API, stage } from "./testing/stage.ts";

// Whatever is asked, and however it is written: it is answered, or refused by name, and never fails inside.

const TEXTS = [
  ...[
    "",
    " ",
    "\u0000",
    "a\u0000b",
    "\uD800",
    "\u202E",
    "%",
    "_%",
    "'",
    '"',
    "\\",
    "\r\n",
    "x".repeat(20_000),
    "@a@b",
    "@@schedule:n",
    "..",
  ],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "NaN",
    "-1",
    "0",
    "1.5",
    "1e21",
    "9007199254740991",
    "9007199254740993",
    "true",
    "null",
    "a:b",
    ":",
    "[]",
  ],
  ...["Running", "Running,Running", "raise-event", "w", "Waits", "newest", "event.0.input", "event.999999999.input", "input", "@counter@a"],
];
const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53 - 1,
  [],
  [null],
  [["a"]],
  {},
  { a: 1 },
  { a: { b: [] } },
  "[".repeat(5_000),
];

const FILTER = Object.keys(FILTER_QUERY);
const QUERIES: { readonly [path: string]: readonly string[] } = {
  "/instances": [...FILTER, "order", "limit", "cursor"],
  "/instances/{id}/history": ["generation", "from", "limit", "tail"],
  "/instances/{id}/payload": ["at"],
  "/failures": ["endedFrom", "name", "version"],
  "/stream": ["watch"],
  "/source": ["file", "line"],
  "/entities": ["name", "state", "limit", "cursor"],
};
const ACTED = ["reason", "event", "input", "instanceId", "version", "recursive", "dryRun"];
const BODIES: { readonly [path: string]: readonly string[] } = {
  "/session": ["key"],
  "/instances": ["name", "input", "instanceId", "version", "tags", "startAt", "onExisting"],
  "/instances/lookup": ["ids", "childrenOf"],
  "/instances/doing": ["ids"],
  "/instances/{id}/{action}": ACTED,
  "/bulk": ["action", "filter", "ids", "perSecond", ...ACTED],
  "/entities/{id}/signal": ["operation", "input"],
  "/entities/{id}/purge": ["reason"],
  "/entities/{id}/skip": ["reason"],
};
/** With which the others of a body are looked at. */
const BASES: { readonly [path: string]: readonly object[] } = {
  "/instances": [{ name: "Waits" }],
  "/instances/{id}/{action}": [{}, { event: "Go" }],
  "/bulk": [
    { action: "raise-event", event: "Go", filter: { idPrefix: "none" } },
    { action: "purge", ids: [] },
    ...FILTER.map((part) => ({ action: "suspend", dryRun: true, filter: { [part]: "\u0000" } })),
  ],
  "/entities/{id}/signal": [{ operation: "add" }],
};
const GIVEN: { readonly [name: string]: readonly string[] } = {
  id: ["w", "@counter@a"],
  action: ["raise-event", "suspend", "resume", "terminate", "restart", "rewind", "purge"],
  run: ["r"],
  name: ["nightly"],
};

const waits = orchestrator("Waits", async (ctx) => ctx.waitForExternalEvent("Go"));
const counter = entity("Counter", {
  initialState: () => 0,
  operations: {
    add: (ctx) => {
      ctx.state += 1;
    },
  },
});
const FUNCTIONS = [waits, counter, activity("Nothing", () => null), schedule("nightly", "0 2 * * *", waits, { timeZone: "UTC" })];

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

/** Each path of a route with what is there, and with each text in place of one of its parts. */
function pathsOf({ path }: Route): readonly string[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const fill = (of: (name: string) => string) => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encoded(of(name)));
  const known = (name: string) => GIVEN[name] ?? ["x"];
  const usual = names.includes("action")
    ? known("action").map((action) => fill((name) => (name === "action" ? action : (known(name)[0] ?? ""))))
    : known(names[0] ?? "").map((value) => fill(() => value));
  const odd = names.flatMap((changed) =>
    TEXTS.filter((text) => text !== "").map((text) => fill((name) => (name === changed ? text : (known(name)[0] ?? "")))),
  );
  return names.length === 0 ? [path] : [...usual, ...odd];
}

function* bodiesOf({ path, method }: Route): Generator<unknown> {
  if (method !== "POST") {
    yield undefined;
    return;
  }
  yield* [{}, [], null, "text", 1];
  for (const base of BASES[path] ?? [{}]) {
    yield base;
    for (const field of BODIES[path] ?? []) for (const value of [...TEXTS, ...VALUES]) yield { ...base, [field]: value };
  }
}

function* queriesOf({ path, method }: Route): Generator<string> {
  yield "";
  if (method !== "GET") return;
  for (const name of QUERIES[path] ?? ["x"]) for (const text of TEXTS) yield `?${name}=${encoded(text)}`;
}

async function tryAll({ ask, post }: Stage): Promise<number> {
  await post("/instances", { name: "Waits", instanceId: "w" });
  await post("/entities/@counter@a/signal", { operation: "add" });
  let asked = 0;
  for (const route of ROUTES) {
    const [first = route.path, ...more] = pathsOf(route);
    const one = async (path: string, query: string, body: unknown): Promise<void> => {
      asked += 1;
      const response = await ask(API + path + query, { method: route.method, body });
      const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
      const text = isStream ? "" : await response.text();
      if (isStream) await response.body?.cancel();
      const what = `${route.method} ${path.slice(0, 80)}${query.slice(0, 80)} ${JSON.stringify(body)?.slice(0, 200)} ${text.slice(0, 300)}`;
      assert.ok(response.status < 500, what);
      if (response.status >= 400) assert.deepEqual(Object.keys(JSON.parse(text)), ["code", "message", "hint"], what);
    };
    for (const query of queriesOf(route)) for (const body of bodiesOf(route)) await one(first, query, body);
    const [body] = [...bodiesOf(route)].slice(route.method === "POST" ? 5 : 0);
    for (const path of more) await one(path, "", body);
  }
  return asked;
}

const run = async (t: TestContext, store: string, clean: () => Promise<void> | void): Promise<void> => {
  const staged = await stage(t, { functions: FUNCTIONS, store, sources: process.cwd() });
  t.after(clean); // behind the end of the hub
  const asked = await tryAll(staged);
  assert.ok(asked > 2_000, `${asked}`);
};

test("in memory", { timeout: 120_000 }, (t) => run(t, "memory:", () => {}));

test("on SQLite", { timeout: 240_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-hostile-"));
  await run(t, `file:${join(folder, "hub.db")}`, () => rmSync(folder, { recursive: true }));
});

test("on PostgreSQL", { timeout: 240_000 }, async (t) => {
  const [version = "18"] = TEST_SERVERS.slice(-1);
  const database = await freshDatabase(await sharedPostgres(version));
  await run(t, database.url, () => database.drop());
});
