import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fault } from "../errors/perdure-error.ts";
import type { HttpManagementOptions } from "./http-management.ts";
import { createHttpManagement } from "./http-management.ts";
import { FixtureClient } from "./testing/fixture-client.ts";

const make = (options: Partial<HttpManagementOptions> = {}, client = new FixtureClient()) =>
  createHttpManagement({
    client,
    taskHub: "My Hub",
    connectionName: "Storage",
    basePath: "/runtime/webhooks/durabletask",
    keys: [],
    forwardedHost: false,
    publicOrigin: "http://localhost:7071",
    ...options,
  });
const request = (headers: { readonly [name: string]: string } = {}) => new Request("http://127.0.0.1:9000/api/start?x=1", { headers });

describe("management payload", () => {
  it("has these fields in this order, with the key and encoded parts", () => {
    const base = "http://127.0.0.1:9000/runtime/webhooks/durabletask/instances/a+b%3A%C3%A9%27%7E";
    const query = "taskHub=My+Hub&connection=Storage&code=k%2F%3D%3D";
    const payload = make({ keys: ["k/==", "other"] }).createHttpManagementPayload("a b:é'~", request());
    assert.equal(
      JSON.stringify(payload),
      JSON.stringify({
        id: "a b:é'~",
        statusQueryGetUri: `${base}?${query}`,
        sendEventPostUri: `${base}/raiseEvent/{eventName}?${query}`,
        terminatePostUri: `${base}/terminate?reason={text}&${query}`,
        rewindPostUri: `${base}/rewind?reason={text}&${query}`,
        purgeHistoryDeleteUri: `${base}?${query}`,
        restartPostUri: `${base}/restart?${query}`,
        suspendPostUri: `${base}/suspend?reason={text}&${query}`,
        resumePostUri: `${base}/resume?reason={text}&${query}`,
      }),
    );
  });

  it("takes the origin of the request, of the proxy if it is trusted, else the public one", () => {
    const origin = (management: ReturnType<typeof make>, from?: Request) =>
      new URL(management.createHttpManagementPayload("x", from).statusQueryGetUri).origin;
    const proxied = { "x-forwarded-host": "app.example, inner", "x-forwarded-proto": "https" };
    assert.equal(origin(make()), "http://localhost:7071");
    assert.equal(origin(make({ publicOrigin: "https://me.example" })), "https://me.example");
    assert.equal(origin(make(), request(proxied)), "http://127.0.0.1:9000");
    const trusting = make({ forwardedHost: true });
    assert.equal(origin(trusting, request(proxied)), "https://app.example");
    assert.equal(origin(trusting, request({ ...proxied, "x-forwarded-host": "app.example:8443" })), "https://app.example:8443");
    assert.equal(origin(trusting, request({ "x-forwarded-host": "app.example" })), "http://127.0.0.1:9000");
    assert.equal(origin(trusting, request({ "x-forwarded-proto": "https" })), "http://127.0.0.1:9000");
    assert.equal(origin(trusting, request({ ...proxied, "x-forwarded-host": "evil.example/path?" })), "http://127.0.0.1:9000");
    assert.equal(origin(trusting, request({ ...proxied, "x-forwarded-proto": "javascript" })), "http://127.0.0.1:9000");
  });
});

describe("check status response", () => {
  it("is 202 with Location and Retry-After", async () => {
    const management = make();
    const response = management.createCheckStatusResponse(request(), "x");
    assert.equal(response.status, 202);
    assert.equal(response.headers.get("retry-after"), "10");
    assert.equal(
      response.headers.get("location"),
      "http://127.0.0.1:9000/runtime/webhooks/durabletask/instances/x?taskHub=My+Hub&connection=Storage",
    );
    assert.deepEqual(JSON.parse(await response.text()), management.createHttpManagementPayload("x", request()));
  });
});

describe("wait for completion or check status response", () => {
  for (const [runtimeStatus, status, body] of [
    ["Completed", 200, '["done"]'],
    ["Failed", 500, "Failed"],
    ["Terminated", 200, "Terminated"],
    ["Canceled", 200, "Canceled"],
    ["Running", 202, undefined],
    ["Suspended", 202, undefined],
  ] as const) {
    it(`answers ${runtimeStatus} with ${status}`, async () => {
      const client = new FixtureClient();
      client.put({ id: "x", runtimeStatus, output: '["done"]' });
      const response = await make({}, client).waitForCompletionOrCreateCheckStatusResponse(request(), "x", {
        timeoutMs: 10,
        retryIntervalMs: 10,
      });
      const text = await response.text();
      assert.equal(response.status, status);
      assert.equal(runtimeStatus === "Completed" ? text : JSON.parse(text).runtimeStatus, body);
    });
  }

  it("answers 202 when the wait breaks off", async () => {
    class BreaksOff extends FixtureClient {
      override waitFor() {
        return Promise.reject(fault("STORE_UNAVAILABLE", "the server is gone"));
      }
    }
    const response = await make({}, new BreaksOff()).waitForCompletionOrCreateCheckStatusResponse(request(), "x");
    assert.equal(response.status, 202);
    assert.equal(JSON.parse(await response.text()).id, "x");
  });

  it("refuses an interval longer than the timeout", async () => {
    await assert.rejects(make().waitForCompletionOrCreateCheckStatusResponse(request(), "x", { timeoutMs: 1, retryIntervalMs: 2 }), {
      code: "WAIT_INTERVAL_INVALID",
      httpStatus: 400,
    });
  });
});
