import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { jsonOf, makeApi } from "../testing/api.ts";
import { assertDescribed } from "../testing/openapi-check.ts";

describe("list", () => {
  const day = (n: number) => Date.UTC(2026, 0, n);
  const filled = () => {
    const api = makeApi();
    api.client.put({ id: "a1", runtimeStatus: "Running", createdTime: day(1) });
    api.client.put({ id: "a2", runtimeStatus: "Completed", createdTime: day(2), input: "7" });
    api.client.put({ id: "b3", runtimeStatus: "Failed", createdTime: day(3) });
    return api;
  };
  const ids = async (api: ReturnType<typeof filled>, query: string): Promise<string> => {
    const response = await api.management(`/instances?${query}`);
    const body = await response.text();
    assertDescribed("/instances", "GET", response, body);
    return JSON.parse(body)
      .map((status: { readonly instanceId: string }) => status.instanceId)
      .join(" ");
  };

  for (const [query, expected] of [
    ["", "a1 a2 b3"],
    ["runtimeStatus=Running", "a1"],
    ["runtimeStatus=Running,Failed", "a1 b3"],
    ["runtimeStatus=Running&runtimeStatus=Completed", "a1 a2"],
    ["runtimeStatus=running", "a1"],
    ["runtimeStatus=RUNNING,fAiLeD", "a1 b3"],
    ["runtimeStatus=Nonsense", "a1 a2 b3"],
    ["runtimeStatus=Nonsense,Failed", "b3"],
    ["runtimeStatus=%20Failed%20", "b3"],
    ["runtimeStatus=0", "a1"],
    ["runtimeStatus=1,3", "a2 b3"],
    ["runtimeStatus=42", ""],
    ["runtimeStatus=Unknown", ""],
    ["runtimeStatus=unknown", ""],
    ["runtimeStatus=-1,3", "b3"],
    ["instanceIdPrefix=a", "a1 a2"],
    ["instanceIdPrefix=", "a1 a2 b3"],
    ["createdTimeFrom=2026-01-02", "a2 b3"],
    ["createdTimeFrom=2026-01-01T00:00:00.001Z&createdTimeTo=2026-01-02T00:00:00Z", "a2"],
    ["createdTimeTo=nonsense", "a1 a2 b3"],
    ["createdTimeFrom=01/03/2026", "b3"],
    ["createdTimeTo=2026/01/01", "a1"],
    ["createdTimeFrom=Jan%203,%202026", "b3"],
    ["top=x", "a1 a2 b3"],
    ["top=0", "a1 a2 b3"],
    ["top=99999999999", "a1 a2 b3"],
    ["showHistory=true", "a1 a2 b3"],
  ] as const) {
    it(`?${query} → ${expected}`, async () => assert.equal(await ids(filled(), query), expected));
  }

  it("pages with a token until there is none", async () => {
    const api = filled();
    const seen: string[] = [];
    let token: string | null = null;
    do {
      const response = await api.management("/instances?top=2", { headers: token === null ? {} : { "x-ms-continuation-token": token } });
      seen.push(
        JSON.parse(await response.text())
          .map((status: { readonly instanceId: string }) => status.instanceId)
          .join(" "),
      );
      token = response.headers.get("x-ms-continuation-token");
    } while (token !== null);
    assert.deepEqual(seen, ["a1 a2", "b3"]);
  });

  it("refuses a token that is none of ours", async () => {
    const response = await filled().management("/instances", { headers: { "x-ms-continuation-token": "nonsense" } });
    assert.equal(response.status, 400);
    assertDescribed("/instances", "GET", response, await response.text());
  });

  it("shows what is stopped, and lists it alone, or the others", async () => {
    const api = filled();
    const stopped = { code: "STUCK", message: "It waits\n\u001b[31m", at: day(4), codeMayCure: true };
    api.client.put({ id: "s4", runtimeStatus: "Running", createdTime: day(4), stopped });
    for (const [query, expected] of [
      ["stopped=true", "s4"],
      ["stopped=TRUE&runtimeStatus=failed", ""],
      ["stopped=false", "a1 a2 b3"],
      ["stopped=perhaps", "a1 a2 b3 s4"],
      ["", "a1 a2 b3 s4"],
    ] as const) {
      assert.equal(await ids(api, query), expected, query);
    }
    const listed = await jsonOf(api.management("/instances"));
    assert.deepEqual(
      listed.map((one: object) => ("stopped" in one ? one.stopped : null)),
      [null, null, null, { code: "STUCK", message: stopped.message }],
    );
    const one = await api.management("/instances/s4");
    const body = await one.text();
    assertDescribed("/instances/{instanceId}", "GET", one, body);
    assert.deepEqual(JSON.parse(body).stopped, { code: "STUCK", message: stopped.message });
    assert.equal(one.headers.get("x-perdure-stopped"), "STUCK It%20waits%0A%1B%5B31m");
  });

  it("shows what Azure has no fields for only to those who ask", async () => {
    for (const path of ["/instances", "/instances/a1"] as const) {
      const template = path === "/instances" ? path : "/instances/{instanceId}";
      for (const [query, expected] of [
        ["", false],
        ["showDetails=perhaps", false],
        ["showdetails=TRUE", true],
      ] as const) {
        const response = await filled().management(`${path}?${query}`);
        const body = await response.text();
        assertDescribed(template, "GET", response, body);
        const status = [JSON.parse(body)].flat()[0];
        for (const field of ["version", "tags", "parentInstanceId"]) assert.equal(field in status, expected, `${path}?${query} ${field}`);
      }
    }
  });

  it("hides inputs when told to", async () => {
    assert.equal((await jsonOf(filled().management("/instances?instanceIdPrefix=a2&showInput=FALSE")))[0].input, null);
  });
});

describe("purge by filter", () => {
  const filled = () => {
    const api = makeApi();
    for (const [id, runtimeStatus] of [
      ["r", "Running"],
      ["c", "Completed"],
      ["f", "Failed"],
    ] as const) {
      api.client.put({ id, runtimeStatus, createdTime: Date.UTC(2026, 0, 5) });
    }
    return api;
  };
  for (const [query, status, body] of [
    ["createdTimeFrom=2026-01-01", 200, '{"instancesDeleted":2}'],
    ["createdTimeFrom=2026-01-01&runtimeStatus=Failed", 200, '{"instancesDeleted":1}'],
    ["createdTimeFrom=2026-01-01&runtimeStatus=Running", 404, ""],
    ["createdTimeFrom=2026-01-01&runtimeStatus=failed", 200, '{"instancesDeleted":1}'],
    ["createdTimeFrom=2026-01-01&runtimeStatus=1,%20FAILED", 200, '{"instancesDeleted":2}'],
    ["CreatedTimeFrom=2026/01/01&CODE=k&clientId=c&taskHub=TestHub&connection=x", 200, '{"instancesDeleted":2}'],
    ["createdTimeFrom=2026-01-06", 404, ""],
    ["createdTimeFrom=2026-01-01&createdTimeTo=2026-01-02", 404, ""],
    ["", 400, "\"Please provide value for 'createdTimeFrom' parameter.\""],
  ] as const) {
    it(`?${query} → ${status}`, async () => {
      const api = filled();
      const response = await api.management(`/instances?${query}`, { method: "DELETE" });
      assert.equal(response.status, status);
      const text = await response.text();
      assert.equal(text, body);
      assertDescribed("/instances", "DELETE", response, text);
      assert.equal((await api.client.getStatus("r"))?.runtimeStatus, "Running");
    });
  }
  for (const [query, text] of [
    ["createdTimeFrom=soon", /"createdTimeFrom" is "soon"; expected one time such as "2026-01-31"/],
    ["createdTimeFrom=", /"createdTimeFrom" is ""/],
    ["createdTimeFrom=2026-01-01&createdTimeFrom=2026-01-02", /is "2026-01-01" and "2026-01-02"; expected one time/],
    ["createdTimeFrom=2026-01-01&createdTimeTo=yesterday", /"createdTimeTo" is "yesterday"/],
    ["createdTimeFrom=2026-01-01&createdTimeTo=1577836800", /"createdTimeTo" is "1577836800"/],
    ["createdTimeFrom=2026-01-01&createdTimeTo=2020-01-01T00:00:00+0100", /"createdTimeTo" is "2020-01-01T00:00:00 0100"/],
    ["createdTimeFrom=2026-01-01&createdTimeTo=", /"createdTimeTo" is ""/],
    ["createdTimeFrom=2026-01-01&createdTimeTo=%20", /"createdTimeTo" is " "/],
    ["createdTimeFrom=2026-01-01&createdTimeTill=2026-01-02", /the parameter "createdtimetill" is unknown; there are createdTimeFrom/],
    ["createdTimeFrom=2026-01-01&idPrefix=x", /the parameter "idprefix" is unknown/],
    ["createdTimeFrom=2026-01-01&top=1", /the parameter "top" is unknown/],
    ["createdTimeFrom=2026-01-01&=x", /the parameter "" is unknown/],
    ["createdTimeFrom=2026-01-01&runtimeStatus=", /"runtimeStatus" is ""; expected names among Running, Completed/],
    ["createdTimeFrom=2026-01-01&runtimeStatus=Failde", /"runtimeStatus" is "Failde"/],
    ["createdTimeFrom=2026-01-01&runtimeStatus=Failed,", /"runtimeStatus" is "Failed,"/],
    ["createdTimeFrom=2026-01-01&runtimeStatus=Failed&runtimeStatus=Nonsense", /"runtimeStatus" is "Failed,Nonsense"/],
    ["createdTimeFrom=2026-01-01&runtimeStatus=42", /"runtimeStatus" is "42"/],
    ["createdTimeFrom=2026-01-01&runtimeStatus=-1", /"runtimeStatus" is "-1"/],
    ["createdTimeFrom=2026-01-01&runtimeStatus=Unknown", /"runtimeStatus" is "Unknown"/],
  ] as const) {
    it(`?${query} is refused, and deletes nothing`, async () => {
      const api = filled();
      const response = await api.management(`/instances?${query}`, { method: "DELETE" });
      const body = await response.text();
      assert.equal(response.status, 400, body);
      assertDescribed("/instances", "DELETE", response, body);
      assert.match(JSON.parse(body), /^Nothing was purged: /);
      assert.match(JSON.parse(body), text);
      for (const id of ["r", "c", "f"]) assert.ok((await api.client.getStatus(id)) !== null, id);
    });
  }
});
