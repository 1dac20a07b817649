import assert from "node:assert/strict";
import { test } from "node:test";
import type { HttpCallOptions } from "perdure";
import { ActivityFailedError, orchestrator } from "perdure";
import { createTestHub } from "perdure/testing";

const calls = orchestrator("Calls", async (ctx, options: Omit<HttpCallOptions, "url"> & { readonly url: string }) => {
  const { status, body, url } = await ctx.callHttp(options);
  return { status, body, url };
});

test("accepted work is asked about until it is done: Retry-After first, else pauses that double up to a minute", async () => {
  const seen: { at: number; method: string; path: string; key: string | null; body: string }[] = [];
  await using hub = await createTestHub({
    functions: [calls],
    startsAt: new Date(0),
    http: async (request) => {
      const { pathname: path } = new URL(request.url);
      seen.push({
        at: hub.now.getTime() / 1_000,
        method: request.method,
        path,
        key: request.headers.get("x-functions-key"),
        body: await request.text(),
      });
      if (seen.length === 1) return new Response(null, { status: 202, headers: { location: "/jobs/1", "retry-after": "5" } });
      if (seen.length < 6) return new Response(null, { status: 202, headers: { location: path } });
      return new Response("done");
    },
  });
  const input = {
    url: "https://example.com/jobs",
    method: "post",
    body: "go",
    headers: { "X-Functions-Key": "k" },
    pollEvery: "20s",
  } as const;
  const run = await hub.client.startNew(calls, { input });
  assert.deepEqual(await hub.result(run), { status: 200, body: "done", url: "https://example.com/jobs/1" });
  assert.deepEqual(seen[0], { at: 0, method: "POST", path: "/jobs", key: "k", body: "go" });
  for (const one of seen.slice(1)) assert.deepEqual({ ...one, at: 0 }, { at: 0, method: "GET", path: "/jobs/1", key: null, body: "" });
  const pauses = seen.slice(1).map(({ at }, index) => Math.round(at - (seen[index]?.at ?? 0)));
  assert.deepEqual(pauses, [5, 20, 40, 60, 60]);
  await hub.verify();
});

test("a Retry-After that is a date is waited for; one of nothing is a second", async () => {
  const at: number[] = [];
  await using hub = await createTestHub({
    functions: [calls],
    startsAt: new Date(0),
    http: () => {
      at.push(Math.round(hub.now.getTime() / 1_000));
      if (at.length > 2) return new Response("done");
      const after = at.length === 1 ? new Date(90_000).toUTCString() : "0";
      return new Response(null, { status: 202, headers: { location: "/x", "retry-after": after } });
    },
  });
  await hub.result(await hub.client.startNew(calls, { input: { url: "https://example.com/" } }));
  assert.deepEqual(at, [0, 90, 91]);
});

test("an answer of any status is a result; 202 is one too without a Location, and where polling is off", async () => {
  const answers: Response[] = [
    new Response("no", { status: 404 }),
    new Response("failed", { status: 500 }),
    new Response("taken", { status: 202 }),
    new Response("taken", { status: 202, headers: { location: "/x" } }),
  ];
  await using hub = await createTestHub({ functions: [calls], http: () => answers.shift() ?? Response.error() });
  const status = async (more: object) =>
    (await hub.result(await hub.client.startNew(calls, { input: { url: "https://example.com/", ...more } }))).status;
  assert.deepEqual([await status({}), await status({}), await status({}), await status({ polling: false })], [404, 500, 202, 202]);
});

test("with a retry policy every other status is tried again, or those that it names; the last failure has status and body", async () => {
  let asked = 0;
  const keys = new Set<string | null>();
  const tries = orchestrator("Tries", async (ctx, statusCodes: number[] | null) => {
    const retry = { maxAttempts: 3, firstInterval: "10s", ...(statusCodes === null ? {} : { statusCodes }) } as const;
    try {
      return (await ctx.callHttp({ url: "https://example.com/pay", method: "POST", body: { amount: 1 }, retry })).status;
    } catch (error) {
      assert.ok(error instanceof ActivityFailedError);
      const { errorType, properties, message } = error.failure;
      return { errorType, properties, message };
    }
  });
  await using hub = await createTestHub({
    functions: [tries],
    http: (request) => {
      asked++;
      keys.add(request.headers.get("idempotency-key"));
      return new Response("busy", { status: 503 });
    },
  });
  const failed = await hub.result(await hub.client.startNew(tries, { input: null }));
  assert.equal(asked, 3);
  assert.equal(keys.size, 1, "one key for all attempts of a call");
  assert.match(String([...keys][0]), /^[0-9a-f-]{36}$/);
  assert.ok(typeof failed === "object");
  assert.deepEqual([failed.errorType, failed.properties], ["HttpCallError", { code: "HTTP_CALL_STATUS", statusCode: 503, body: "busy" }]);
  assert.match(failed.message, /POST https:\/\/example\.com\/pay was answered with status 503/);
  assert.equal(await hub.result(await hub.client.startNew(tries, { input: [429] })), 503);
  assert.equal(asked, 4);
});

test("each look at accepted work has the retries of the call", async () => {
  const answers = [
    () => new Response(null, { status: 202, headers: { location: "/x" } }),
    () => new Response(null, { status: 502 }),
    () => new Response(null, { status: 202, headers: { location: "/x" } }),
    () => new Response("done"),
  ];
  const retries = orchestrator("Retries", async (ctx) => {
    const retry = { maxAttempts: 2, firstInterval: "1s" } as const;
    return (await ctx.callHttp({ url: "https://example.com/", retry })).body;
  });
  await using hub = await createTestHub({ functions: [retries], http: () => answers.shift()?.() ?? Response.error() });
  assert.equal(await hub.result(await hub.client.startNew(retries)), "done");
  await hub.verify();
});

test("a test hub without answers says so, and one where no answer comes has a timeout that names the request", async () => {
  const waits = orchestrator("Waits", async (ctx) => {
    const error: Error = await ctx.callHttp({ url: "https://example.com/slow", timeout: "200ms" }).then(
      () => new Error("answered"),
      (thrown) => thrown,
    );
    return error.message;
  });
  await using silent = await createTestHub({ functions: [waits] });
  assert.match(await silent.result(await silent.client.startNew(waits)), /a test hub has no network; give createTestHub http/);
  await using slow = await createTestHub({ functions: [waits], http: () => new Promise<Response>(() => {}) });
  assert.match(await slow.result(await slow.client.startNew(waits)), /GET https:\/\/example\.com\/slow: .*did not finish within 200 ms/);
});

test("an option that cannot be recorded or sent is refused at the call", async () => {
  const wrong = orchestrator("Wrong", async (ctx) => {
    const said = (options: object) => {
      try {
        ctx.callHttp(options as HttpCallOptions);
        return "accepted";
      } catch (error) {
        return (error as Error).message;
      }
    };
    const url = "https://example.com/";
    return [
      said({ url: "/relative" }),
      said({ url: "ftp://example.com/" }),
      said({ url: "https://user:secret-pw@example.com/" }),
      said({ url, uri: "x" }),
      said({ url, method: "GET POST" }),
      said({ url, headers: { "a b": "x" } }),
      said({ url, headers: { a: "x\r\ny: z" } }),
      said({ url, headers: { "Content-Length": "3" } }),
      said({ url, headers: { Authorization: "x" }, tokenSource: "bank" }),
      said({ url, body: new FormData() }),
      said({ url, body: () => 1 }),
      said({ url, retry: { maxAttempts: 2, firstInterval: "1s", statusCodes: [42] } }),
      said({ url, retry: { maxAttempts: 2 } }),
      said({ url, pollEvery: "soon" }),
    ];
  });
  await using hub = await createTestHub({ functions: [wrong] });
  const said = await hub.result(await hub.client.startNew(wrong));
  const expected = [
    /option "url" is "\/relative"; expected an absolute address/,
    /expected an absolute address/,
    /user name or password, which would be recorded/,
    /has no option "uri"/,
    /a method of HTTP/,
    /"a b" is not the name of a header/,
    /the value of "a" in headers cannot be sent/,
    /"content-length" is set by the connection/,
    /the header "authorization" is given twice/,
    /FormData/,
    /a function cannot be recorded/,
    /list of status codes/,
    /firstInterval/,
    /pollEvery/,
  ];
  assert.equal(said.length, expected.length);
  for (const [index, pattern] of expected.entries()) assert.match(said[index] ?? "", pattern);
  assert.ok(!said.join("").includes("secret-pw"));
});
