import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import type { HttpAnswer, HttpCallOptions, HubHttpOptions } from "perdure";
import { httpCalls, orchestrator, TaskHub } from "perdure";
import { until } from "../../src/process/testing/until.ts";
import { localServer } from "../testing/http-server.ts";

type Input = Omit<HttpCallOptions, "url"> & { readonly url: string };
const asks = orchestrator("Asks", async (ctx, options: Input): Promise<HttpAnswer> => await ctx.callHttp(options));

/** What a hub with these options gets, or the message of the failure. */
async function ask(http: HubHttpOptions | undefined, input: Input, more: { readonly maxPayloadBytes?: number } = {}): Promise<string> {
  await using hub = await TaskHub.open("memory:", { functions: [asks], log: false, ...(http === undefined ? {} : { http }), ...more });
  await hub.start();
  const run = await hub.client.startNew(asks, { input });
  return await run.result().then(
    ({ status, body }) => `${status} ${body}`,
    (error: Error) => error.message,
  );
}

test("private addresses are refused by default, by number and by name, and the message says how to allow them", async () => {
  await using server = await localServer((_, response) => response.end("hello"));
  const refused =
    /was not sent: its address (127\.0\.0\.1|::1|::1, 127\.0\.0\.1|127\.0\.0\.1, ::1) is of this machine.*privateNetworks: true/;
  assert.match(await ask(undefined, { url: server.origin }), refused);
  assert.match(await ask({}, { url: `http://localhost:${server.port}/` }), refused);
  assert.match(await ask({}, { url: `http://[::ffff:127.0.0.1]:${server.port}/` }), /its address ::ffff:7f00:1 is of this machine/);
  assert.match(await ask({}, { url: `http://2130706433:${server.port}/` }), refused);
  assert.equal(server.requests, 0);
  assert.equal(await ask({ privateNetworks: true }, { url: server.origin }), "200 hello");
});

test("http.allow is asked for each hop with the address that the name has, and its word is final", async () => {
  await using other = await localServer((_, response) => response.end("other"));
  await using server = await localServer((_, response) => response.writeHead(302, { location: `http://127.0.0.1:${other.port}/` }).end());
  const asked: string[] = [];
  const allow = (url: URL, address: string) => {
    asked.push(`${url.hostname} ${address}`);
    return address === "127.0.0.1" && url.port !== String(other.port);
  };
  const said = await ask({ privateNetworks: true, allow }, { url: `http://localhost:${server.port}/` });
  assert.match(said, /GET http:\/\/127\.0\.0\.1:\d+\/ was not sent: its address 127\.0\.0\.1 is refused by http\.allow/);
  assert.deepEqual([server.requests, other.requests], [1, 0]);
  assert.ok(asked.includes("localhost 127.0.0.1") && asked.at(-1) === "127.0.0.1 127.0.0.1", asked.join("; "));
  // It may not give what privateNetworks holds back, and a promise does not say true.
  assert.match(await ask({ allow: () => true }, { url: server.origin }), /private network/);
  const promise: unknown = async () => true;
  assert.match(await ask({ privateNetworks: true, allow: promise as () => boolean }, { url: server.origin }), /refused by http\.allow/);
});

test("a token that says until when it holds is fetched once, and again after a server has refused it", async () => {
  let tokens = 0;
  const seen: unknown[] = [];
  await using server = await localServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(seen.length === 3 ? 401 : 200).end();
  });
  const functions = [
    orchestrator("Several", async (ctx, url: string) => {
      for (let n = 0; n < 4; n++) await ctx.callHttp({ url, tokenSource: { name: "id", resource: "r" } });
      await ctx.callHttp({ url, tokenSource: { name: "id", resource: "short" } });
      await ctx.callHttp({ url, tokenSource: { name: "id", resource: "short" } });
    }),
  ] as const;
  const source = ({ resource }: { readonly resource: string | null }) => {
    tokens++;
    const holdsMs = resource === "short" ? 30_000 : 3_600_000; // less than the minute that a token must still hold
    return { token: `${resource}-${tokens}`, expiresAt: new Date(Date.now() + holdsMs) };
  };
  await using hub = await TaskHub.open("memory:", { functions, log: false, http: { privateNetworks: true, tokenSources: { id: source } } });
  await hub.start();
  await (await hub.client.startNew(functions[0], { input: server.origin })).result();
  assert.deepEqual(
    seen,
    ["r-1", "r-1", "r-1", "r-2", "short-3", "short-4"].map((token) => `Bearer ${token}`),
  );
});

test("unknown names, sources that throw and wrong answers of theirs are failures in words", async () => {
  const url = "http://127.0.0.1:1/";
  const wrong: unknown = () => 5;
  const http = {
    tokenSources: { broken: () => Promise.reject(new Error("vault is sealed")), wrong: wrong as () => string },
    secrets: { key: "k", wrong: wrong as () => string },
  };
  assert.match(
    await ask(http, { url, tokenSource: "bnak" }),
    /token source "bnak", which this hub does not have. Known ones: "broken", "wrong"/,
  );
  assert.match(await ask(http, { url, secretHeaders: { a: "constructor" } }), /secret "constructor", which this hub does not have/);
  assert.match(await ask(http, { url, tokenSource: "broken" }), /"broken" gave nothing for http:\/\/127\.0\.0\.1:1\/: vault is sealed/);
  assert.match(await ask(http, { url, tokenSource: "wrong" }), /neither a string nor/);
  assert.match(await ask(http, { url, secretHeaders: { a: "wrong" } }), /it gave number, not a string/);
});

test("a compressed answer is read; one that is too large, before or after, is refused with its address", async () => {
  await using server = await localServer((request, response) => {
    const size = Number(request.url?.slice(1));
    if (size < 0) response.end("x".repeat(-size));
    else response.writeHead(200, { "content-encoding": "gzip", "content-type": "text/plain" }).end(gzipSync("é".repeat(size)));
  });
  const open = { privateNetworks: true };
  const small = { maxPayloadBytes: 50_000 };
  assert.equal(await ask(open, { url: `${server.origin}/3` }), "200 ééé");
  const tooLarge = new RegExp(`GET ${server.origin}/\\S+ is larger than 50000 bytes`);
  assert.match(await ask(open, { url: `${server.origin}/1000000` }, small), tooLarge);
  assert.match(await ask(open, { url: `${server.origin}/-60000` }, small), tooLarge);
  assert.match(await ask(open, { url: `${server.origin}/-49990` }, small), tooLarge);
  assert.match(await ask(open, { url: `${server.origin}/-49000` }, small), /^200 x/);
  const long = { url: server.origin, method: "POST", body: "é".repeat(24_950) };
  assert.match(await ask(open, long, small), /request of ctx\.callHttp \(POST http.* 50000/);
});

test("redirects in a circle, a broken answer and a name that nothing has are failures with the address", async () => {
  await using server = await localServer((request, response) => {
    if (request.url === "/circle") response.writeHead(302, { location: "/circle" }).end();
    else if (request.url === "/nowhere") response.writeHead(302, { location: "ftp://example.com/" }).end("as it is");
    else if (request.url === "/upgrade") response.writeHead(101, { connection: "upgrade", upgrade: "x" }).end();
    else response.writeHead(200, { "content-length": "10" }).end("short", () => response.destroy());
  });
  const open = { privateNetworks: true };
  assert.match(await ask(open, { url: `${server.origin}/circle` }), /circle was redirected more than 10 times/);
  assert.equal(server.requests, 11);
  assert.equal(await ask(open, { url: `${server.origin}/nowhere` }), "302 as it is");
  assert.match(await ask(open, { url: `${server.origin}/broken` }), /broken has no answer/);
  assert.match(await ask(open, { url: `${server.origin}/upgrade` }), /upgrade has no answer/);
  assert.match(await ask(open, { url: "http://no-such-name.invalid/" }), /the name no-such-name\.invalid was not found/);
});

test("a wrong option of the hub is named, and no secret is shown", async () => {
  const open = (http: object) =>
    TaskHub.open("memory:", { http: http as HubHttpOptions }).then(
      () => "opened",
      (error: Error) => error.message,
    );
  assert.match(await open({ private: true }), /TaskHub\.open http has no option "private"/);
  assert.match(await open({ privateNetworks: "yes" }), /"privateNetworks" is "yes"/);
  assert.match(await open({ allow: true }), /"allow" is true; expected a function/);
  assert.match(await open({ tokenSources: { a: "the-token" } }), /tokenSources: option "a" is "string"; expected an object of functions/);
  assert.match(await open({ secrets: "the-secret" }), /"secrets" is "string"/);
});

test("an app may bring these options with its functions; those of the hub win, and two are one too many", async () => {
  await using server = await localServer((_, response) => response.end("hello"));
  const functions = [asks, httpCalls({ privateNetworks: true, secrets: { key: "k" } })];
  const answer = async (http?: HubHttpOptions) => {
    await using hub = await TaskHub.open("memory:", { functions, log: false, ...(http === undefined ? {} : { http }) });
    await hub.start();
    const run = await hub.client.startNew(asks, { input: { url: server.origin } });
    return await run.result().then(
      ({ body }) => body,
      (error: Error) => error.message,
    );
  };
  assert.equal(await answer(), "hello");
  assert.match(await answer({}), /private network/);
  assert.throws(() => httpCalls({ secret: {} } as HubHttpOptions), /httpCalls has no option "secret"/);
  await assert.rejects(TaskHub.open("memory:", { functions: [...functions, httpCalls({})] }), /a second httpCalls\(\): an app has one/);
});

test("a request ends with its orchestration, and with its worker", async () => {
  let open = 0;
  await using server = await localServer((_, response) => {
    open += 1;
    response.on("close", () => open--);
    return new Promise(() => {});
  });
  await using hub = await TaskHub.open("memory:", {
    functions: [asks],
    log: false,
    http: { privateNetworks: true },
    drainTimeout: "200ms",
  });
  await hub.start();
  const start = async (instanceId: string) => {
    await hub.client.startNew(asks, { instanceId, input: { url: server.origin } });
    await until(`${instanceId} asks`, () => open === 1, 10_000);
  };
  await start("one");
  await hub.client.terminate("one");
  await until("the request ended", () => open === 0, 10_000);
  await start("two");
  await hub.close();
  await until("the request ended", () => open === 0, 10_000);
});
