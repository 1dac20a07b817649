import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Readiness } from "./served-hub.ts";
import { makeApi } from "./testing/api.ts";
import { assertDescribed } from "./testing/openapi-check.ts";

describe("probes", () => {
  it("need no key and no loopback name, and tell a word", async () => {
    for (const path of ["/healthz", "/readyz"]) {
      for (const method of ["GET", "HEAD"]) {
        const response = await makeApi().call(path, { method });
        assertDescribed(path, method, response, await response.text());
      }
    }
    for (const keys of [[], ["secret"]]) {
      const { call } = makeApi({ keys });
      const alive = await call("/healthz", { headers: { host: "10.0.0.7:7071" }, origin: "http://10.0.0.7:7071" });
      assert.equal(alive.status, 200);
      assert.equal(await alive.text(), '{"status":"alive"}');
      assert.equal(alive.headers.get("cache-control"), "no-store");
      assert.equal((await call("/readyz", { origin: "http://10.0.0.7:7071" })).status, 200);
      assert.equal((await call("/healthz", { method: "POST" })).status, 404);
    }
  });

  it("ready is 503 while the process should get no requests, and alive stays 200", async () => {
    for (const word of ["starting", "draining", "storeUnavailable"] satisfies readonly Readiness[]) {
      const { call } = makeApi({ readiness: async () => word });
      const ready = await call("/readyz");
      assert.equal(ready.status, 503);
      assert.equal(await ready.text(), `{"status":"${word}"}`);
      assert.equal((await call("/healthz")).status, 200);
    }
    const { call } = makeApi({ readiness: () => Promise.reject(new Error("/var/lib/secret.db")) });
    assert.equal(await (await call("/readyz")).text(), '{"status":"storeUnavailable"}');
  });

  it("are the server's own when told so", async () => {
    const { call } = makeApi({ probes: false });
    assert.equal((await call("/healthz")).status, 404);
  });
});
