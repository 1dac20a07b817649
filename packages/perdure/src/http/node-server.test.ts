import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as nodeRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { describe, it } from "node:test";
import { createHttpHandler } from "./handler.ts";
import type { HttpFunctionDefinition } from "./http-function.ts";
import { serveHttp } from "./node-server.ts";
import { fixtureHub, makeApi } from "./testing/api.ts";
import { FixtureClient } from "./testing/fixture-client.ts";

/** A function that answers when told to. */
function gate() {
  const entered = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const definition: HttpFunctionDefinition<string> = {
    kind: "http",
    name: "gate",
    handler: async () => {
      entered.resolve();
      await opened.promise;
      return new Response("through");
    },
  };
  return { definition, entered: entered.promise, open: () => opened.resolve() };
}

function slowly(...parts: readonly string[]): ReadableStream<Uint8Array> {
  const left = [...parts];
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const part = left.shift();
      if (part === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(part));
    },
  });
}

describe("serveHttp", () => {
  it("serves on both loopback addresses and leaves the globals alone", async () => {
    const globals = [globalThis.Request, globalThis.Response];
    const server = await serveHttp({ handler: makeApi().handler, port: 0 });
    try {
      assert.equal(server.url, `http://localhost:${server.port}`);
      for (const host of ["localhost", "127.0.0.1", "[::1]"]) {
        const response = await fetch(`http://${host}:${server.port}/runtime/webhooks/durabletask/orchestrators/Hello/x%20y`, {
          method: "POST",
          body: "{}",
        });
        assert.equal(response.status, host === "localhost" ? 202 : 409);
        await response.text();
      }
      assert.deepEqual([globalThis.Request, globalThis.Response], globals);
    } finally {
      await server.close();
    }
    await assert.rejects(fetch(server.url));
  });

  it("gives an answer the length of its body, whatever its function says of it", async () => {
    const said: { readonly [name: string]: () => Response } = {
      short: () => new Response("abc", { headers: { "content-length": "2" } }),
      long: () => new Response("abc", { headers: { "content-length": "9" } }),
      chunked: () => new Response("abc", { headers: { "transfer-encoding": "chunked" } }),
      "parts-short": () => new Response(slowly("ab", "c"), { headers: { "content-length": "2" } }),
      "parts-long": () => new Response(slowly("ab", "c"), { headers: { "content-length": "9" } }),
    };
    const definitions = Object.entries(said).map(([name, handler]): HttpFunctionDefinition<null> => ({ kind: "http", name, handler }));
    const server = await serveHttp({
      handler: createHttpHandler(fixtureHub(new FixtureClient(), null, definitions)),
      port: 0,
      hostname: "127.0.0.1",
    });
    const ask = (name: string) => fetch(`${server.url}/api/${name}`, { signal: AbortSignal.timeout(5_000) });
    try {
      for (const name of ["short", "chunked", "long", "short"]) {
        const response = await ask(name);
        assert.deepEqual([await response.text(), response.headers.get("content-length")], ["abc", "3"], name);
      }
      for (const name of ["parts-short", "parts-long"]) {
        const socket = connect(server.port, "127.0.0.1");
        socket.write(`GET /api/${name} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
        let text = "";
        socket.on("data", (piece) => {
          text += String(piece);
        });
        await once(socket, "close"); // cut
        assert.match(text, name === "parts-short" ? /\r\n\r\nab$/ : /\r\n\r\nabc$/);
      }
    } finally {
      await server.close();
    }
  });

  it("hands client functions a plain Request, with and without a body", async () => {
    const definition: HttpFunctionDefinition<null> = {
      kind: "http",
      name: "echo",
      methods: ["GET", "POST"],
      handler: async (request) => new Response(`${request.method}:${await new Request(request).text()}`),
    };
    const handler = createHttpHandler(fixtureHub(new FixtureClient(), null, [definition]));
    const server = await serveHttp({ handler, port: 0, hostname: "127.0.0.1" });
    try {
      const url = `${server.url}/api/echo`;
      assert.equal(await (await fetch(url)).text(), "GET:");
      assert.equal(await (await fetch(url, { method: "POST" })).text(), "POST:");
      assert.equal(await (await fetch(url, { method: "POST", body: "tea" })).text(), "POST:tea");
      // No length and no body, as curl -X POST sends it.
      const bare = await new Promise<string>((resolve, reject) => {
        const socket = connect(server.port, "127.0.0.1", () =>
          socket.write("POST /api/echo HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"),
        );
        let text = "";
        socket.on("data", (chunk) => {
          text += String(chunk);
        });
        socket.on("end", () => resolve(text));
        socket.on("error", reject);
      });
      assert.match(bare, /^HTTP\/1\.1 200 [\s\S]*POST:/);
    } finally {
      await server.close();
    }
  });

  it("carries headers, long bodies in both directions, and chunked ones", async () => {
    const client = new FixtureClient();
    const handler = createHttpHandler(fixtureHub(client, null));
    const server = await serveHttp({ handler, port: 0, hostname: "127.0.0.1" });
    try {
      const base = `${server.url}/runtime/webhooks/durabletask`;
      const text = "ü".repeat(2_500_000);
      const started = await fetch(`${base}/orchestrators/Hello/x`, { method: "POST", body: JSON.stringify(text) });
      assert.equal(started.headers.get("retry-after"), "10");
      const status = await (await fetch(started.headers.get("location") ?? "")).json();
      assert.equal((status as { readonly input: string }).input, text);
      const chunked = new ReadableStream({
        start(controller) {
          for (const part of ["[1,", "2]"]) controller.enqueue(new TextEncoder().encode(part));
          controller.close();
        },
      });
      assert.equal((await fetch(`${base}/orchestrators/Hello/y`, { method: "POST", body: chunked, duplex: "half" })).status, 202);
      assert.equal((await client.getStatus("y"))?.input, "[1,2]");
    } finally {
      await server.close();
    }
  });

  it("answers 413 to a chunked body without end", async () => {
    const server = await serveHttp({ handler: makeApi({ maxBodyBytes: 1_000 }).handler, port: 0, hostname: "127.0.0.1" });
    try {
      const request = nodeRequest(`${server.url}/runtime/webhooks/durabletask/orchestrators/Hello/x`, { method: "POST" });
      request.on("error", () => {});
      const answered = once(request, "response");
      request.write("x".repeat(2_000));
      const [response] = await answered;
      assert.equal(response.statusCode, 413);
      request.destroy();
    } finally {
      await server.close({ timeoutMs: 200 });
    }
  });

  it("refuses a foreign Host at the socket", async () => {
    const server = await serveHttp({ handler: makeApi().handler, port: 0, hostname: "127.0.0.1" });
    try {
      const request = nodeRequest(`${server.url}/admin/host/status`, { headers: { host: "evil.example" } }).end();
      const [response] = await once(request, "response");
      assert.equal(response.statusCode, 403);
      response.resume();
    } finally {
      await server.close();
    }
  });

  it("survives nonsense on the socket", async () => {
    const server = await serveHttp({ handler: makeApi().handler, port: 0, hostname: "127.0.0.1" });
    try {
      for (const text of [
        "GARBAGE\r\n\r\n",
        "GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET //x HTTP/1.1\r\nHost: localhost\r\n\r\n",
      ]) {
        const socket = connect(server.port, "127.0.0.1");
        socket.write(text);
        const [answer] = await once(socket, "data");
        assert.match(String(answer), /^HTTP\/1\.1 4\d\d /, JSON.stringify(text));
        socket.destroy();
      }
      assert.equal((await fetch(`${server.url}/admin/host/status`)).status, 200);
    } finally {
      await server.close();
    }
  });

  it("lets running requests finish when it closes, and takes no new ones", async () => {
    const { definition, entered, open } = gate();
    const server = await serveHttp({ handler: makeApi({ httpFunctions: [definition] }).handler, port: 0, hostname: "127.0.0.1" });
    const running = fetch(`${server.url}/api/gate`);
    await entered;
    const closed = server.close();
    await assert.rejects(fetch(`${server.url}/api/gate`));
    open();
    const response = await running;
    assert.equal(response.headers.get("connection"), "close");
    assert.equal(await response.text(), "through");
    await closed;
  });

  it("cuts what still runs when the time for closing is over", async () => {
    const { definition, entered } = gate();
    const server = await serveHttp({ handler: makeApi({ httpFunctions: [definition] }).handler, port: 0, hostname: "127.0.0.1" });
    const running = assert.rejects(fetch(`${server.url}/api/gate`));
    await entered;
    await server.close({ timeoutMs: 20 });
    await running;
  });

  it("demands a key for an address that others can reach", async () => {
    await assert.rejects(serveHttp({ handler: makeApi().handler, port: 0, hostname: "0.0.0.0" }), {
      code: "KEY_REQUIRED",
      message:
        'The address "0.0.0.0" can be reached from other machines, so the HTTP API needs a key there. Set one (perdure start --key KEY, or PERDURE_KEY; in a program the option keys), or listen on 127.0.0.1, ::1 or localhost.',
    });
    const server = await serveHttp({ handler: makeApi({ keys: ["k"] }).handler, port: 0, hostname: "0.0.0.0" });
    assert.equal((await fetch(`http://127.0.0.1:${server.port}/admin/host/status`)).status, 401);
    assert.equal((await fetch(`${server.url}/admin/host/status?code=k`)).status, 200);
    await server.close();
  });

  it("names an address that is not of this machine, with what to give in its place", async () => {
    const handler = makeApi({ keys: ["k"] }).handler;
    await assert.rejects(serveHttp({ handler, port: 7071, hostname: "192.0.2.1" }), {
      code: "ADDRESS_UNUSABLE",
      message:
        /port 7071 of "192\.0\.2\.1": this machine has no such address\. Give one of its own, 0\.0\.0\.0 for all of them, or localhost\.$/,
    });
  });

  it("names a port that is taken, and an option it does not know", async () => {
    const other = createServer();
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    await assert.rejects(serveHttp({ handler: makeApi().handler, port }), { code: "ADDRESS_IN_USE" });
    other.close();
    await assert.rejects(serveHttp({ handler: makeApi().handler, port: 70_000 }), { code: "OPTION_INVALID" });
    await assert.rejects(serveHttp({ handler: makeApi().handler, port: 0, host: "x" } as never), { code: "OPTION_UNKNOWN" });
  });
});
