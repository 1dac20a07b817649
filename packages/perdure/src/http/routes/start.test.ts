import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fault } from "../../errors/perdure-error.ts";
import { storeUnavailable } from "../../errors/store-unavailable.ts";
import { jsonOf, makeApi } from "../testing/api.ts";
import { FixtureClient } from "../testing/fixture-client.ts";
import { assertDescribed } from "../testing/openapi-check.ts";

const start = "/orchestrators/{functionName}";
const startWithId = "/orchestrators/{functionName}/{instanceId}";

describe("start", () => {
  it("mints an id of 32 hex digits", async () => {
    const response = await makeApi().management("/orchestrators/Hello", { method: "POST" });
    const body = await response.text();
    assert.equal(response.status, 202);
    assert.match(JSON.parse(body).id, /^[0-9a-f]{32}$/);
    assertDescribed(start, "POST", response, body);
  });

  for (const [body, input] of [
    ["", null],
    ["  \n", null],
    ["null", "null"],
    ['""', '""'],
    ['{ "a": 12345678901234567890 }', '{ "a": 12345678901234567890 }'],
    ["\uFEFF[1]", "[1]"],
  ] as const) {
    it(`takes ${JSON.stringify(body)} as input ${input}`, async () => {
      const api = makeApi();
      assert.equal((await api.management("/orchestrators/Hello/x", { method: "POST", body })).status, 202);
      assert.equal((await api.client.getStatus("x"))?.input, input);
    });
  }

  it("keeps the registered spelling of the function, and the version", async () => {
    const api = makeApi();
    await api.management("/orchestrators/hELLO/x?version=2.1", { method: "POST" });
    const status = await api.client.getStatus("x");
    assert.deepEqual([status?.name, status?.version], ["Hello", "2.1"]);
  });

  it("keeps tags, and takes a time for a later start; one that cannot be read starts nothing", async () => {
    const api = makeApi();
    await api.management("/orchestrators/Hello/x?tag=region=eu&tag=note=a=b&startAt=2026-01-31T12:00:00Z", { method: "POST" });
    assert.deepEqual((await api.client.getStatus("x"))?.tags, { region: "eu", note: "a=b" });
    for (const query of ["tag=region", "tag==eu", "startAt=tomorrow", "startAt=", "startAt=2026-01-31&startAt=2026-02-01"]) {
      const response = await api.management(`/orchestrators/Hello/y?${query}`, { method: "POST" });
      const body = await response.text();
      assert.equal(response.status, 400, query);
      assert.match(JSON.parse(body).Message, /^Nothing was started: "(tag|startAt)" is /);
      assertDescribed(startWithId, "POST", response, body);
    }
    assert.equal(await api.client.getStatus("y"), null);
  });

  it("finds a function whose letters have more than two forms", async () => {
    const api = makeApi({}, new FixtureClient({ orchestrators: ["ΟΔΟΣ", "\u03bcs"] }));
    for (const [asked, found] of [
      ["οδοσ", "ΟΔΟΣ"],
      ["\u00b5S", "\u03bcs"],
    ] as const) {
      await api.management(`/orchestrators/${encodeURIComponent(asked)}/${found.length}`, { method: "POST" });
      assert.equal((await api.client.getStatus(String(found.length)))?.name, found);
    }
  });

  it("answers an unknown function with the known ones", async () => {
    const api = makeApi({}, new FixtureClient({ orchestrators: ["a", "b"] }));
    const response = await api.management("/orchestrators/Nope", { method: "POST" });
    const body = await response.text();
    assert.equal(response.status, 400);
    assert.equal(
      JSON.parse(body).Message,
      "The function 'Nope' doesn't exist, is disabled, or is not an orchestrator function. Additional info: The following are the known orchestrator functions: 'a', 'b'.",
    );
    assertDescribed(start, "POST", response, body);
  });

  it("accepts any name while no worker is live", async () => {
    const api = makeApi({}, new FixtureClient({ orchestrators: null }));
    assert.equal((await api.management("/orchestrators/Later", { method: "POST" })).status, 202);
  });

  for (const id of ["@entity", "a%23b", "a%3Fb", "a%5Cb", "a%00b", "x".repeat(257)]) {
    it(`refuses the id ${id.slice(0, 20)}`, async () => {
      const response = await makeApi().management(`/orchestrators/Hello/${id}`, { method: "POST" });
      const body = await response.text();
      assert.equal(response.status, 400);
      assert.match(JSON.parse(body).Message, /^The instance id ".*" cannot be used: /s);
      assertDescribed(startWithId, "POST", response, body);
    });
  }

  it("decodes the path before it looks at it: an encoded slash separates, and one in an id is refused in words", async () => {
    const api = makeApi();
    assert.equal((await api.management("/orchestrators%2FHello%2Fx%20y+z", { method: "POST" })).status, 202);
    assert.equal((await api.client.getStatus("x y z"))?.instanceId, "x y z");
    const refused = api.management("/orchestrators/Hello/a%2Fb", { method: "POST" });
    assert.equal((await refused).status, 400);
    assert.match((await jsonOf(refused)).Message, /^The instance id "a\/b" cannot be used/);
    for (const path of ["/orchestrators/Hello/a/b", "/orchestrators%2FHello%2Fa%2Fb"])
      assert.equal((await api.management(path, { method: "POST" })).status, 404, path);
  });

  it("refuses a body over the limit before anything is started", async () => {
    const api = makeApi({ maxBodyBytes: 10 });
    for (const headers of [{}, { "content-length": "11" }]) {
      const response = await api.management("/orchestrators/Hello/x", { method: "POST", body: '"123456789"', headers });
      const body = await response.text();
      assert.equal(response.status, 413);
      assert.equal(
        JSON.parse(body).Message,
        "The request body has more than 10 bytes. Nothing was written. Send a reference to the data, or raise maxBodyBytes (--max-body-bytes of perdure start).",
      );
      assertDescribed(startWithId, "POST", response, body);
    }
    assert.equal(await api.client.getStatus("x"), null);
    assert.equal((await api.management("/orchestrators/Hello/x", { method: "POST", body: '"12345678"' })).status, 202);
  });

  for (const accepted of ["no", "unknown"] as const) {
    it(`answers 503 with accepted "${accepted}" and the instance id where the store does not answer`, async () => {
      class Away extends FixtureClient {
        override start(): Promise<never> {
          return Promise.reject(storeUnavailable("the disk is full", { accepted, instanceId: "ours", call: "start" }));
        }
      }
      const response = await makeApi({}, new Away()).management("/orchestrators/Hello", { method: "POST" });
      const body = await response.text();
      assert.equal(response.status, 503);
      assert.equal(response.headers.get("retry-after"), "5");
      const { Message, ...rest } = JSON.parse(body);
      assert.deepEqual(rest, { accepted, instanceId: "ours" });
      assert.match(Message, /^The store does not answer: the log of the host has the reason\. /);
      assertDescribed(start, "POST", response, body);
    });
  }

  it("starts any name where a worker takes every name", async () => {
    class TakesAny extends FixtureClient {
      override knownFunctions() {
        return Promise.resolve({ orchestrator: null, activity: [], entity: [] });
      }
    }
    const response = await makeApi({}, new TakesAny()).management("/orchestrators/Unheard", { method: "POST" });
    assert.equal(response.status, 202);
  });

  it("answers 503 before anything is sent where the store cannot even be read", async () => {
    class Unread extends FixtureClient {
      override knownFunctions(): Promise<never> {
        return Promise.reject(fault("STORE_UNAVAILABLE", "the server is gone"));
      }
    }
    const response = await makeApi({}, new Unread()).management("/orchestrators/Hello", { method: "POST" });
    assert.equal(response.status, 503);
    assert.equal(JSON.parse(await response.text()).accepted, "no");
  });

  it("answers 413 for a payload that the client refuses", async () => {
    const api = makeApi({}, new FixtureClient({ maxPayloadBytes: 5 }));
    const response = await api.management("/orchestrators/Hello", { method: "POST", body: '"123456789"' });
    assert.equal(response.status, 413);
    assert.match(JSON.parse(await response.text()).Message, /^The input has 11 bytes of JSON, more than the limit of 5\./);
  });
});

describe("start and wait", () => {
  const wait = "timeout=1&pollingInterval=0.5";
  const ended = (runtimeStatus: "Completed" | "Failed" | "Terminated" | "Canceled", output: string | null) => {
    class EndsAtOnce extends FixtureClient {
      override async waitFor(params: { readonly instanceId: string }) {
        this.put({ id: params.instanceId, runtimeStatus, output });
        return this.getStatus(params.instanceId);
      }
    }
    return makeApi({}, new EndsAtOnce());
  };

  it("answers Completed with the bare output", async () => {
    for (const [output, body] of [
      ['{"a":[1]}', '{"a":[1]}'],
      [null, "null"],
      ["not json", '"not json"'],
      [" ", '""'],
    ] as const) {
      const response = await ended("Completed", output).management(`/orchestrators/Hello?${wait}`, { method: "POST" });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("content-type"), "application/json; charset=utf-8");
      const text = await response.text();
      assert.equal(text, body);
      assertDescribed(start, "POST", response, text);
    }
  });

  for (const runtimeStatus of ["Failed", "Terminated", "Canceled"] as const) {
    it(`answers ${runtimeStatus} as the status row does`, async () => {
      const api = ended(runtimeStatus, '"why"');
      const response = await api.management(`/orchestrators/Hello/x?${wait}`, { method: "POST" });
      assert.equal(response.status, 200);
      const text = await response.text();
      assert.deepEqual(JSON.parse(text), {
        name: "Hello",
        instanceId: "x",
        runtimeStatus,
        input: null,
        customStatus: null,
        output: "why",
        createdTime: "2026-01-02T03:04:05Z",
        lastUpdatedTime: "2026-01-02T03:04:05Z",
      });
      assertDescribed(startWithId, "POST", response, text);
      const asked = await api.management(`/orchestrators/Hello/y?${wait}&returnInternalServerErrorOnFailure=True`, { method: "POST" });
      assert.equal(asked.status, 200, "as on Azure, only the status row knows the parameter");
      assertDescribed(startWithId, "POST", asked, await asked.text());
    });
  }

  it("answers 202 when time is up, and when only one of the parameters is there", async () => {
    for (const query of [
      "timeout=0&pollingInterval=0",
      "timeout=-1&pollingInterval=-1",
      "timeout=5",
      "pollingInterval=5",
      "timeout=x&pollingInterval=1",
    ]) {
      const response = await makeApi().management(`/orchestrators/Hello/x?${query}`, { method: "POST" });
      assert.equal(response.status, 202, query);
      assert.equal(response.headers.get("retry-after"), "10");
    }
  });

  for (const error of [fault("STORE_UNAVAILABLE", "the disk is full"), fault("HUB_CLOSED")]) {
    it(`answers 202 with the check-status payload when the wait breaks off with ${error.code}: the start was accepted`, async () => {
      class BreaksOff extends FixtureClient {
        override waitFor() {
          return Promise.reject(error);
        }
      }
      for (const id of ["", "/order-7"]) {
        const response = await makeApi({}, new BreaksOff()).management(`/orchestrators/Hello${id}?${wait}`, { method: "POST" });
        const text = await response.text();
        assert.equal(response.status, 202, text);
        assert.ok(response.headers.get("location")?.includes(`/instances/${JSON.parse(text).id}`));
        assertDescribed(id === "" ? start : startWithId, "POST", response, text);
      }
    });
  }

  it("refuses an interval longer than the timeout, and starts nothing", async () => {
    const api = makeApi();
    const response = await api.management("/orchestrators/Hello/x?timeout=1&pollingInterval=1.5", { method: "POST" });
    assert.equal(response.status, 400);
    assert.equal(
      JSON.parse(await response.text()).Message,
      "Total timeout 1 should be bigger than retry timeout 1.5. Nothing was started.",
    );
    assert.equal(await api.client.getStatus("x"), null);
  });

  it("refuses a time that is not a number, as .NET reads it, and starts nothing", async () => {
    for (const query of [
      "timeout=NaN&pollingInterval=1",
      "timeout=1&pollingInterval=nan",
      "timeout=Infinity&pollingInterval=1",
      "timeout=∞&pollingInterval=∞",
    ]) {
      const api = makeApi();
      const response = await api.management(`/orchestrators/Hello/x?${query}`, { method: "POST" });
      assert.equal(response.status, 400, query);
      assertDescribed(startWithId, "POST", response, await response.text());
      assert.equal(await api.client.getStatus("x"), null);
    }
  });
});
