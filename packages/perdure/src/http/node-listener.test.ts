import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, RequestListener } from "node:http";
import { Agent, createServer, request as nodeRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { describe, it } from "node:test";
import type { LogEntry } from "../telemetry/engine-log.ts";
import type { HttpFunctionDefinition } from "./http-function.ts";
import { toNodeListener } from "./node-listener.ts";
import { makeApi } from "./testing/api.ts";

const BASE = "/runtime/webhooks/durabletask";

async function withServer(listener: RequestListener, use: (url: string, port: number) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    await use(`http://127.0.0.1:${port}`, port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** All that comes until the connection ends. */
async function rawAnswer(url: string, path: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  let text = "";
  socket.on("data", (data) => {
    text += String(data);
  });
  await once(socket, "close");
  return text;
}

/** As Express, Connect and middie do it: the mount is cut off `url`. */
function mountedAt(path: string, listener: ReturnType<typeof toNodeListener>): RequestListener {
  return (incoming, outgoing) => {
    const cut = incoming as IncomingMessage & { originalUrl?: string };
    const own = () => void outgoing.writeHead(418).end("the app's own");
    if (cut.url?.startsWith(path) !== true) {
      own();
      return;
    }
    cut.originalUrl = cut.url;
    const rest = cut.url.slice(path.length);
    cut.url = rest.startsWith("/") ? rest : `/${rest}`;
    listener(incoming, outgoing, own);
  };
}

const orders: HttpFunctionDefinition<string> = { kind: "http", name: "orders", handler: () => new Response("ours") };

describe("toNodeListener", () => {
  it("is a listener of node:http", async () => {
    await withServer(toNodeListener(makeApi({ httpFunctions: [orders] }).handler), async (url) => {
      assert.equal(await (await fetch(`${url}/api/orders`)).text(), "ours");
      const started = await fetch(`${url}${BASE}/orchestrators/Hello/a`, { method: "POST", body: '{"n":1}' });
      assert.equal(started.status, 202);
      assert.equal((await fetch(`${url}/nothing`)).status, 404);
    });
  });

  it("below a mount serves there, and makes URLs that lead back there", async () => {
    await withServer(mountedAt("/durable", toNodeListener(makeApi({ httpFunctions: [orders] }).handler)), async (url) => {
      const started = await fetch(`${url}/durable${BASE}/orchestrators/Hello/a`, { method: "POST" });
      const { statusQueryGetUri } = (await started.json()) as { readonly statusQueryGetUri: string };
      assert.equal(statusQueryGetUri, `${url}/durable${BASE}/instances/a?taskHub=TestHub&connection=Storage`);
      const status = await fetch(statusQueryGetUri);
      assert.equal(status.status, 202);
      assert.equal(status.headers.get("location"), statusQueryGetUri);
      assert.equal(await (await fetch(`${url}/durable/api/orders`)).text(), "ours");
    });
  });

  it("leaves to the server what is not Perdure's", async () => {
    await withServer(mountedAt("", toNodeListener(makeApi({ httpFunctions: [orders] }).handler)), async (url) => {
      for (const path of ["/", "/api/users", "/api", "/runtime", "/admin"]) assert.equal((await fetch(url + path)).status, 418, path);
      for (const path of ["/api/orders", "/healthz", `${BASE}/instances`, "/admin/host/status"])
        assert.equal((await fetch(url + path)).status, 200, path);
      assert.equal((await fetch(`${url}${BASE}/nothing`)).status, 404);
    });
  });

  it("says so when another part of the server has read the body", async () => {
    const listener = toNodeListener(makeApi().handler);
    const afterParser: RequestListener = (incoming, outgoing) => {
      incoming.resume().once("end", () => listener(incoming, outgoing));
    };
    await withServer(afterParser, async (url) => {
      const response = await fetch(`${url}${BASE}/orchestrators/Hello/a`, { method: "POST", body: "{}" });
      assert.equal(response.status, 500);
      assert.match(await response.text(), /Mount Perdure before any body parser/);
      assert.equal((await fetch(`${url}${BASE}/orchestrators/Hello/b`, { method: "POST" })).status, 202, "nothing was there to be lost");
    });
  });

  it("never tells a caller why the body of a function's response failed", async () => {
    const secret = new Error("secret: password=hunter2 /srv/app/db.ts");
    const failing = (
      name: string,
      pull: (controller: ReadableStreamDefaultController<Uint8Array>) => void,
    ): HttpFunctionDefinition<string> => ({
      kind: "http",
      name,
      handler: () => new Response(new ReadableStream({ pull })),
    });
    let pulls = 0;
    const functions = [
      failing("early", (controller) => controller.error(secret)),
      failing("later", (controller) => {
        if (pulls++ === 0) controller.enqueue(new TextEncoder().encode("abc"));
        else controller.error(secret);
      }),
      failing("wrong", (controller) => controller.enqueue(7 as never)),
      { kind: "http", name: "none", handler: () => Response.error() } as const,
    ];
    const logged: LogEntry[] = [];
    const log = { enabled: () => true, write: (entry: LogEntry) => void logged.push(entry) };
    await withServer(toNodeListener(makeApi({ httpFunctions: functions, log }).handler), async (url) => {
      for (const name of ["early", "none", "wrong"]) {
        const response = await fetch(`${url}/api/${name}`);
        assert.equal(response.status, 500, name);
        assert.equal(await response.text(), `{"Message":"The HTTP function \\"${name}\\" failed. The log of the host has the error."}`);
      }
      const text = await rawAnswer(url, "/api/later");
      assert.match(text, /^HTTP\/1\.1 200 [\s\S]*abc/);
      assert.ok(!/secret|hunter2|srv|\.ts/.test(text), text);
      assert.ok(!text.endsWith("0\r\n\r\n"), "the caller sees that the rest is missing");
    });
    assert.deepEqual(
      logged.map(({ event, fields }) => `${event} ${String(fields.function)}`),
      ["early", "none", "wrong", "later"].map((name) => `http.functionFailed ${name}`),
    );
  });

  it("answers before the body is read without losing the answer or the connection", async () => {
    await withServer(toNodeListener(makeApi({ httpFunctions: [{ ...orders, methods: ["POST"] }] }).handler), async (url) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const sockets = new Set<unknown>();
      for (const size of [10, 100_000, 3_000_000]) {
        for (const [path, headers, status] of [
          ["/nothing", {}, 404],
          [`${BASE}/instances/nobody/raiseEvent/x`, { "content-type": "application/json" }, 404],
          [`${BASE}/orchestrators/Hello`, { origin: "http://evil.example" }, 403],
          ["/api/orders", {}, 200],
          ["/nothing", { "transfer-encoding": "chunked" }, 404],
        ] as const) {
          const request = nodeRequest(url + path, { method: "POST", agent, headers });
          request.once("socket", (socket) => sockets.add(socket));
          request.end(Buffer.alloc(size, "x"));
          const [response] = (await once(request, "response")) as [IncomingMessage];
          assert.equal(response.statusCode, status, `${path} with ${size} bytes`);
          await once(response.resume(), "end");
        }
      }
      assert.equal(sockets.size, 1);
      agent.destroy();
    });
  });

  it("answers HTTP/1.0 without a Host, and HEAD without a body", async () => {
    await withServer(toNodeListener(makeApi({ httpFunctions: [orders] }).handler), async (url, port) => {
      const socket = connect(port, "127.0.0.1");
      socket.write("GET /admin/host/status HTTP/1.0\r\n\r\n");
      const [answer] = await once(socket, "data");
      assert.match(String(answer), /^HTTP\/1\.1 200 /);
      socket.destroy();
      for (const path of ["/admin/host/status", "/healthz", "/readyz", `${BASE}/instances`, `${BASE}/openapi.json`, "/api/orders"]) {
        const head = await fetch(url + path, { method: "HEAD" });
        assert.equal(head.status, 200, path);
        assert.equal(await head.text(), "");
      }
    });
  });
});
