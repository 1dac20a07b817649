import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { until } from "../process/testing/until.ts";
import type { HttpFunctionDefinition } from "./http-function.ts";
import { BASE, jsonOf, makeApi, ORIGIN } from "./testing/api.ts";
import { assertDescribed } from "./testing/openapi-check.ts";

const START = "/orchestrators/{functionName}/{instanceId}";

interface Upload {
  readonly request: Request;
  send(bytes: number): void;
  cut(): void;
}

/** A body that comes when the test says so. */
function upload(id: string, path = `${BASE}/orchestrators/Hello/${id}`): Upload {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
    },
  });
  return {
    request: new Request(ORIGIN + path, { method: "POST", body, duplex: "half" }),
    send: (bytes) => controller?.enqueue(new Uint8Array(bytes).fill(0x20)),
    cut: () => controller?.error(new Error("the caller is gone")),
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("bodies that are held", () => {
  const limits = { maxBodyBytes: 1_000_000, maxHeldBodyBytes: 2_000_000 };

  it("are bounded over all connections, and what is released makes room", async () => {
    const { handler, management } = makeApi(limits);
    const held = [upload("a"), upload("b")];
    const answers = held.map(({ request }) => handler(request));
    for (const one of held) one.send(700_000);
    await turn();
    const late = upload("c");
    const refused = handler(late.request);
    late.send(300_000);
    assert.equal((await refused).status, 503);
    assert.match((await jsonOf(refused)).Message, /are together larger than 2000000 bytes/);
    assert.equal((await management("/orchestrators/Hello/small", { method: "POST", body: "1" })).status, 202, "small ones get in");
    held[0]?.cut();
    await answers[0];
    const again = upload("d");
    const taken = handler(again.request);
    again.send(300_000);
    await turn();
    again.cut();
    assert.notEqual((await taken).status, 503);
    held[1]?.cut();
    await answers[1];
  });

  it("must come within a time", async () => {
    const { handler } = makeApi({ bodyTimeout: "30ms" });
    const { request, send } = upload("a");
    const answer = handler(request);
    send(10);
    const response = await answer;
    assert.equal(response.status, 408);
    const body = await response.text();
    assert.match(body, /did not arrive within 0.03 s/);
    assertDescribed(START, "POST", response, body);
  });

  it("of client functions are bounded by both as well", async () => {
    const takes: HttpFunctionDefinition<string> = {
      kind: "http",
      name: "takes",
      handler: async (request) => Response.json((await request.text()).length),
    };
    const slow = makeApi({ bodyTimeout: "30ms", httpFunctions: [takes] });
    const { request, send } = upload("", "/api/takes");
    const answer = slow.handler(request);
    send(10);
    assert.equal((await answer).status, 408);

    const { handler } = makeApi({ ...limits, httpFunctions: [takes] });
    const held = upload("", "/api/takes");
    const first = handler(held.request);
    for (let i = 0; i < 9; i++) held.send(100_000);
    await turn();
    const other = upload("", "/api/takes");
    const second = handler(other.request);
    for (let i = 0; i < 7; i++) other.send(100_000);
    assert.equal((await second).status, 503);
    held.cut();
    assert.equal((await first).status, 500);
  });

  it("of functions that pass them on count nowhere, and have the time for each part; the size is limited all the same", async () => {
    const parts: number[] = [];
    const passes: HttpFunctionDefinition<string> = {
      kind: "http",
      name: "passes",
      passesBodyOn: true,
      handler: async (request) => {
        for await (const part of request.body ?? []) parts.push(part.byteLength);
        return new Response();
      },
    };
    const { handler } = makeApi({ maxBodyBytes: 900_000, maxHeldBodyBytes: 900_000, bodyTimeout: "200ms", httpFunctions: [passes] });
    const many = Array.from({ length: 4 }, () => upload("", "/api/passes"));
    const answers = many.map(({ request }) => handler(request));
    for (let part = 0; part < 3; part++) {
      for (const one of many) one.send(250_000);
      await until("they are read", () => parts.length === 4 * (part + 1), 20_000);
    }
    many[0]?.send(250_000); // more than a body may have
    many[1]?.cut();
    assert.deepEqual([(await answers[0])?.status, (await answers[1])?.status], [413, 500]);
    assert.deepEqual([(await answers[2])?.status, (await answers[3])?.status], [408, 408]); // nothing more comes
  });
});

describe("the charset of a body", () => {
  const start = (contentType: string | null, body: Uint8Array) => {
    const api = makeApi();
    const headers = contentType === null ? {} : { "content-type": contentType };
    return { api, response: api.handler(new Request(`${ORIGIN}${BASE}/orchestrators/Hello/x`, { method: "POST", headers, body })) };
  };

  for (const [contentType, body] of [
    [null, Buffer.from('"é€"', "utf8")],
    ["application/json", Buffer.from('"é€"', "utf8")],
    ["application/json; charset=UTF-8", Buffer.from('\ufeff"é€"', "utf8")],
    ['application/json;charset="utf-8"; x=y', Buffer.from('"é€"', "utf8")],
    ["application/json; charset=utf-16le", Buffer.from('"é€"', "utf16le")],
    ["application/json; charset=utf-16", Buffer.from('\ufeff"é€"', "utf16le")],
    ["text/plain; Charset=windows-1252", Buffer.from([0x22, 0xe9, 0x80, 0x22])],
  ] as const) {
    it(`is honoured: ${contentType}`, async () => {
      const { api, response } = start(contentType, body);
      assert.equal((await response).status, 202);
      assert.equal((await api.client.getStatus("x"))?.input, '"é€"');
    });
  }

  it("iso-8859-1 is read as browsers read it", async () => {
    const { api, response } = start("application/json; charset=iso-8859-1", Buffer.from([0x22, 0xe9, 0x22]));
    assert.equal((await response).status, 202);
    assert.equal((await api.client.getStatus("x"))?.input, '"é"');
  });

  for (const [what, contentType, body, status, message] of [
    ["one that is not known", "application/json; charset=klingon", Buffer.from("1"), 415, /"klingon"/],
    ["bytes that are not UTF-8", "application/json", Buffer.from([0x22, 0xe9, 0x22]), 400, /not valid utf-8/],
    ["an overlong form", null, Buffer.from([0x22, 0xc0, 0xaf, 0x22]), 400, /not valid utf-8/],
  ] as const) {
    it(`${what} is ${status}, and nothing is started`, async () => {
      const { api, response } = start(contentType, body);
      const answer = await response;
      const text = await answer.text();
      assert.equal(answer.status, status);
      assert.match(text.replaceAll("\\", ""), message);
      assertDescribed(START, "POST", answer, text);
      assert.equal(await api.client.getStatus("x"), null);
    });
  }
});

describe("the depth of a body", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

  it("is limited, for inputs and events, before anything is made of it", async () => {
    for (const [path, template] of [
      ["/orchestrators/Hello/y", START],
      ["/instances/x/raiseEvent/Go", "/instances/{instanceId}/raiseEvent/{eventName}"],
    ] as const) {
      const api = makeApi();
      api.client.put({ id: "x", runtimeStatus: "Running" });
      const post = (body: string) => api.management(path, { method: "POST", body, headers: { "content-type": "application/json" } });
      for (const body of [nested(1_001), "[".repeat(2_000_000), '{"a":'.repeat(1_001)]) {
        const response = await post(body);
        const text = await response.text();
        assert.equal(response.status, 400);
        assert.match(text, /more than 1000 levels/);
        assertDescribed(template, "POST", response, text);
      }
      assert.equal(await api.client.getStatus("y"), null);
      assert.equal((await post(nested(1_000))).status, 202, path);
    }
  });
});
