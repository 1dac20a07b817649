import assert from "node:assert/strict";
import { test } from "node:test";
import type { Route } from "../../src/console/call.ts";
import { ROUTES } from "../../src/console/routes.ts";
import { API, KEY, READ_KEY, stage } from "./testing/stage.ts";

const KEYS = { keys: [KEY], readKeys: [READ_KEY] };
const pathOf = ({ path }: Route) => path.replaceAll(/\{\w+\}/g, "x");
const nameOf = ({ method, path }: Route) => `${method} ${path}`;

/** A stream would not end. */
async function statusOf(answer: Promise<Response>): Promise<number> {
  const { status, body } = await answer;
  await body?.cancel();
  return status;
}

test("each route of the API asks for the role that it needs", async (t) => {
  const { ask, signIn } = await stage(t, KEYS);
  const [writes, reads] = [await signIn(KEY), await signIn(READ_KEY)];
  for (const route of ROUTES) {
    const status = (cookie?: string) =>
      statusOf(
        ask(API + pathOf(route), {
          method: route.method,
          ...(route.method === "POST" ? { body: {} } : {}),
          ...(cookie === undefined ? {} : { cookie }),
        }),
      );
    const refused = [await status(), await status(reads), await status(writes)].map((code) =>
      code === 401 || code === 403 ? code : "let in",
    );
    const expected = { none: ["let in", "let in", "let in"], read: [401, "let in", "let in"], write: [401, 403, "let in"] }[route.needs];
    assert.deepEqual(refused, nameOf(route) === "POST /session" ? refused : expected, nameOf(route));
  }
});

test("whatever changes something must come from the console's own page", async (t) => {
  const { ask, refusal } = await stage(t, KEYS);
  const foreign = [
    { "x-perdure-console": undefined },
    { "content-type": undefined },
    { "content-type": "text/plain" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
  ];
  for (const route of ROUTES.filter(({ method }) => method !== "GET"))
    for (const headers of foreign) {
      const how = { method: route.method, headers, ...(route.method === "POST" ? { body: {} } : {}) };
      assert.deepEqual(await refusal(pathOf(route), how), [403, "CONSOLE_FOREIGN_PAGE"], nameOf(route));
    }
  const answer = await ask(`${API}/hub`, {
    method: "OPTIONS",
    headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
  });
  assert.ok(answer.status >= 400);
  assert.equal(answer.headers.get("access-control-allow-origin"), null);
});

test("without keys it is for this machine and its own page alone", async (t) => {
  const { handler } = await stage(t);
  const at = async (url: string, headers: { readonly [name: string]: string } = {}) =>
    (await handler(new Request(url, { headers }))).status;
  assert.equal(await at("http://localhost:7071/console/api/v1/hub"), 200);
  assert.equal(await at("http://evil.example/console/api/v1/hub"), 403);
  assert.equal(await at("http://localhost:7071/console/api/v1/hub", { host: "evil.example" }), 403);
  assert.equal(await at("http://localhost:7071/console/api/v1/hub", { origin: "https://evil.example" }), 403);
  assert.equal(await at("http://localhost:7071/console/api/v1/hub", { "sec-fetch-site": "cross-site" }), 403);
});

test("a key is taken by signing in, and by no address", async (t) => {
  const { ask, refusal, signIn, get } = await stage(t, KEYS);
  assert.deepEqual(await refusal("/hub"), [401, "CONSOLE_SIGN_IN"]);
  assert.deepEqual(await refusal(`/hub?code=${encodeURIComponent(KEY)}`), [401, "CONSOLE_SIGN_IN"]);
  for (const path of ["/nothing", "/instances/%zz"])
    assert.deepEqual(await refusal(path), [401, "CONSOLE_SIGN_IN"], "what there is cannot be found out either");
  assert.deepEqual(await refusal("/session", { method: "POST", body: { key: "wrong" } }), [401, "CONSOLE_KEY_WRONG"]);
  const cookie = await signIn(READ_KEY);
  assert.equal((await get<{ readonly role: string }>("/session", { cookie })).role, "read");
  assert.equal((await get<{ readonly role: string }>("/hub", { cookie })).role, "read");
  const out = await ask(`${API}/session`, { method: "DELETE", cookie });
  assert.match(out.headers.getSetCookie()[0] ?? "", /=; Max-Age=0;/);
});

test("behind a proxy that takes off https the cookie is for https alone", async (t) => {
  const { ask } = await stage(t, KEYS);
  const cookieFor = async (origin: string) => {
    const answer = await ask(`${API}/session`, {
      method: "POST",
      body: { key: KEY },
      headers: { origin, "sec-fetch-site": "same-origin" },
    });
    return answer.headers.getSetCookie()[0] ?? "";
  };
  assert.match(await cookieFor("https://ops.example"), /; Secure$/);
  assert.doesNotMatch(await cookieFor("http://ops.example"), /Secure/);
});

test("it is served below any path, by relative addresses alone", async (t) => {
  const { handler } = await stage(t, { handler: { mountPath: "/ops/durable" } });
  const at = (path: string) => handler(new Request(`http://localhost:7071${path}`));
  const folder = await at("/ops/durable/console");
  assert.deepEqual([folder.status, folder.headers.get("location")], [308, "console/"]);
  assert.equal((await at("/ops/durable/console/api/v1/hub")).status, 200);
  assert.equal((await at("/console/api/v1/hub")).status, 404);
  assert.equal(handler.serves(new Request("http://localhost:7071/ops/durable/console/x")), true);
});

test("a mount that cannot be is an error of the handler", async (t) => {
  for (const path of ["console", "/", "/runtime", "/runtime/webhooks/durabletask"])
    await assert.rejects(stage(t, { handler: { mounts: [{ path, handle: async () => new Response() }] } }), /"mounts"/, path);
});
