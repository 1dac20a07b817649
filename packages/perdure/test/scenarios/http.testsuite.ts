import assert from "node:assert/strict";
import type { HttpCallOptions } from "perdure";
import { orchestrator } from "perdure";
import type { Scenario, Suite } from "../matrix.ts";
import { localServer } from "../testing/http-server.ts";

const TOKEN = "a-token-that-is-secret";
const SECRET = "a-key-that-is-secret";

type Input = Omit<HttpCallOptions, "url"> & { readonly url: string };

const asks = orchestrator("asks", (ctx, options: Input) => ctx.callHttp(options));
const asksMany = orchestrator("asksMany", async (ctx, url: string) => {
  const calls = Array.from({ length: 5 }, (_, n) => ctx.callHttp({ url: `${url}/${n}`, pollEvery: "20ms" }));
  return (await ctx.all(calls)).map(({ body }) => body);
});

const scenarios: readonly Scenario[] = [
  {
    title: "a request is sent by a worker and its answer recorded: JSON, text and bytes",
    async run(stand, id) {
      await using server = await localServer((request, response, body) => {
        if (request.url === "/bytes") response.setHeader("content-type", "image/png").end(Buffer.from([0, 255, 10]));
        else if (request.url === "/latin") response.setHeader("content-type", "text/plain; charset=iso-8859-1").end(Buffer.from([0xe9]));
        else
          response
            .setHeader("content-type", "application/json")
            .end(JSON.stringify([request.method, request.headers["content-type"], body]));
      });
      const url = (path: string) => server.origin + path;
      const all: readonly [string, Input, unknown, string][] = [
        ["json", { url: url("/"), method: "PUT", body: { a: [1] } }, '["PUT","application/json","{\\"a\\":[1]}"]', "text"],
        ["text", { url: url("/"), method: "POST", body: "plain" }, '["POST","text/plain; charset=utf-8","plain"]', "text"],
        ["bytes", { url: url("/bytes") }, "AP8K", "base64"],
        ["latin", { url: url("/latin") }, "é", "text"],
        ["sent-bytes", { url: url("/"), method: "POST", body: "aGk=", bodyEncoding: "base64" }, '["POST",null,"hi"]', "text"],
      ];
      for (const [name, input, body, bodyEncoding] of all) {
        const run = await stand.client.startNew(asks, { instanceId: `${id}-${name}`, input });
        const answer = await run.result();
        assert.deepEqual([answer.status, answer.body, answer.bodyEncoding, answer.url], [200, body, bodyEncoding, input.url]);
      }
      const history = await stand.history(`${id}-json`);
      assert.equal(history.find((event) => event.kind === "TaskScheduled")?.name, "BuiltIn::HttpActivity");
    },
  },
  {
    title: "accepted work is asked about until it is done, several at once, each question after a durable timer",
    async run(stand, id) {
      const asked = new Map<string, number>();
      await using server = await localServer((request, response) => {
        const path = request.url ?? "";
        const count = (asked.get(path) ?? 0) + 1;
        asked.set(path, count);
        if (count < 3) response.writeHead(202, { location: path }).end("not yet");
        else response.end(`done ${path}`);
      });
      await stand.client.startNew(asksMany, { instanceId: id, input: server.origin });
      const done = [0, 1, 2, 3, 4].map((n) => `done /${n}`);
      await stand.expectEnd(id, "Completed", done);
      const kinds = await stand.kinds(id);
      const of = (kind: string) => kinds.filter((one) => one === kind).length;
      assert.ok(of("TimerFired") >= 5 && of("TimerFired") === of("TimerCreated"));
      assert.equal(of("TaskScheduled"), of("TimerCreated") + 5);
    },
  },
  {
    title: "tokens and secrets reach the server and stand nowhere in the store",
    async run(stand, id) {
      await using server = await localServer((request, response) => {
        const { authorization, "x-api-key": key } = request.headers;
        const isKnown = authorization === `Bearer ${TOKEN}` && key === SECRET;
        if (request.url === "/jobs") response.writeHead(isKnown ? 202 : 401, { location: "/jobs/1", "set-cookie": ["a=1", "b=2"] }).end();
        else response.writeHead(isKnown ? 200 : 401).end(isKnown ? "known" : "unknown");
      });
      const input: Input = {
        url: `${server.origin}/jobs`,
        method: "POST",
        tokenSource: { name: "bank", resource: "https://bank.example" },
        secretHeaders: { "X-Api-Key": "partner" },
        pollEvery: "10ms",
      };
      const run = await stand.client.startNew(asks, { instanceId: id, input });
      assert.equal((await run.result()).body, "known");
      const failing = await stand.client.startNew(asks, { instanceId: `${id}-f`, input: { ...input, url: "http://127.0.0.1:1/" } });
      await assert.rejects(failing.result(), /ECONNREFUSED/);
      const rows = JSON.stringify(await stand.store.dump());
      assert.ok(rows.includes("partner") && rows.includes("https://bank.example"));
      assert.ok(!rows.includes(TOKEN) && !rows.includes(SECRET), "a secret stands in the store");
      assert.ok(!JSON.stringify(stand.log.map(({ message, fields }) => [message, String(fields.error)])).includes(TOKEN));
    },
  },
  {
    title: "another origin gets nothing that proves who calls: in redirects, and where accepted work is asked about",
    async run(stand, id) {
      const seen: { [path: string]: readonly string[] } = {};
      const secretsOf = (headers: NodeJS.Dict<string | string[]>) =>
        ["authorization", "cookie", "proxy-authorization", "x-api-key", "x-functions-key", "x-plain"].filter((name) => name in headers);
      let backTo = "";
      await using other = await localServer((request, response, body) => {
        seen[`other ${request.method} ${request.url} ${body}`] = secretsOf(request.headers);
        if (request.url === "/back") response.writeHead(307, { location: backTo }).end();
        else response.end("done");
      });
      await using server = await localServer((request, response, body) => {
        seen[`first ${request.method} ${request.url} ${body}`] = secretsOf(request.headers);
        if (request.url === "/redirect") response.writeHead(307, { location: "/again" }).end();
        else if (request.url === "/again") response.writeHead(308, { location: `${other.origin}/back` }).end();
        else if (request.url === "/work") response.writeHead(202, { location: `${other.origin}/status` }).end();
        else if (request.url === "/see") response.writeHead(303, { location: "/end" }).end();
        else response.end("done");
      });
      backTo = `${server.origin}/end`;
      const headers = { Cookie: "c", "Proxy-Authorization": "p", "X-Functions-Key": "k", "X-Plain": "1" };
      const base = {
        method: "POST",
        body: "b",
        headers,
        tokenSource: "bank",
        secretHeaders: { "X-Api-Key": "partner" },
        pollEvery: "10ms",
      } as const;
      for (const path of ["redirect", "work", "see"]) {
        const run = await stand.client.startNew(asks, { instanceId: `${id}-${path}`, input: { ...base, url: `${server.origin}/${path}` } });
        assert.equal((await run.result()).body, "done");
      }
      const all = ["authorization", "cookie", "proxy-authorization", "x-api-key", "x-functions-key", "x-plain"];
      const own = all.filter((name) => name !== "x-functions-key");
      assert.deepEqual(seen, {
        "first POST /redirect b": all,
        "first POST /again b": own,
        "other POST /back b": ["x-plain"],
        "first POST /end b": ["x-plain"],
        "first POST /work b": all,
        "other GET /status ": ["x-plain"],
        "first POST /see b": all,
        "first GET /end ": own,
      });
    },
  },
  {
    title: "a request that finds no server is tried again by the retry policy, with one idempotency key",
    async run(stand, id) {
      const keys: unknown[] = [];
      await using server = await localServer((request, response) => {
        keys.push(request.headers["idempotency-key"]);
        if (keys.length < 3) response.destroy();
        else response.end("at last");
      });
      const retry = { maxAttempts: 5, firstInterval: "10ms" } as const;
      const run = await stand.client.startNew(asks, { instanceId: id, input: { url: server.origin, method: "POST", retry } });
      assert.equal((await run.result()).body, "at last");
      assert.equal(new Set(keys).size, 1);
    },
  },
];

export const httpSuite: Suite = {
  name: "durable HTTP",
  functions: [asks, asksMany],
  scenarios,
  http: {
    privateNetworks: true,
    tokenSources: { bank: ({ resource }) => (resource === null || resource === "https://bank.example" ? TOKEN : "wrong") },
    secrets: { partner: () => SECRET },
  },
};
