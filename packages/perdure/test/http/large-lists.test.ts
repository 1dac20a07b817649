import assert from "node:assert/strict";
import { it } from "node:test";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { createHttpHandler } from "../../src/http/index.ts";
import { payload } from "../../src/model/payload.ts";
import { TaskHub } from "../../src/task-hub/task-hub.ts";

const LIST = "http://localhost:7071/runtime/webhooks/durabletask/instances";
const swallow = orchestrator("Swallow", async (_, _input: unknown) => "ok");

/** Digits that no number of JavaScript keeps: what comes out must be the text that went in. */
const LARGE = payload(`{"exact":1.000000000000000000001,"text":${JSON.stringify("x".repeat(1_000_000))}}`);

it("a list is cut by bytes, continues where it was cut, and carries payloads as they are stored", async () => {
  await using hub = await TaskHub.open("memory:", { functions: [swallow] });
  for (let i = 0; i < 12; i++) await hub.hubClient.start({ name: "Swallow", instanceId: `big${i}`, input: LARGE });
  const handler = createHttpHandler(hub);
  const seen: string[] = [];
  let pages = 0;
  let token: string | null = null;
  do {
    const response = await handler(
      new Request(`${LIST}?top=1000`, { headers: token === null ? {} : { "x-ms-continuation-token": token } }),
    );
    assert.equal(response.headers.get("content-type"), "application/json; charset=utf-8");
    const text = await response.text();
    assert.ok(text.length < 6_000_000, `${text.length} characters`);
    const list = JSON.parse(text) as readonly { readonly instanceId: string }[];
    assert.equal(text.split(LARGE).length - 1, list.length);
    seen.push(...list.map(({ instanceId }) => instanceId));
    token = response.headers.get("x-ms-continuation-token");
    pages++;
  } while (token !== null);
  assert.deepEqual(
    seen,
    Array.from({ length: 12 }, (_, i) => `big${i}`),
  );
  assert.equal(pages, 3);
  const small = await handler(new Request(`${LIST}?showInput=false`));
  assert.equal(small.headers.get("x-ms-continuation-token"), null);
  assert.equal(((await small.json()) as unknown[]).length, 12);

  const ids: string[] = [];
  for await (const status of hub.client.query({ pageSize: 1_000 })) ids.push(status.instanceId);
  assert.deepEqual(ids, seen, "the library's query follows the same pages");
});
