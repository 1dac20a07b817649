import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, TaskHub } from "perdure";
import type { StartBody } from "../lib/test-host.ts";
import { bodyOf, startTestHost, untilEnded } from "../lib/test-host.ts";
import * as app from "./index.ts";

const sumOfSquaresTo = (n: number) => (n * (n + 1) * (2 * n + 1)) / 6;

test("the sum is right for 0, 1, 1,000 and 10,000 items", async () => {
  await using host = await startTestHost(app);
  for (const count of [0, 1, 1_000, 10_000]) {
    const response = await fetch(`${host.url}/api/sum-of-squares/${count}`, { method: "POST" });
    assert.equal(response.status, 202);
    const start = await bodyOf<StartBody>(response);
    const { runtimeStatus, output } = await untilEnded(start.statusQueryGetUri);
    assert.deepEqual([runtimeStatus, output], ["Completed", `The sum is ${sumOfSquaresTo(count)}`]);
  }
});

test("activities run in parallel, up to the limit and not beyond", async () => {
  let running = 0;
  let most = 0;
  const slowSquare = activity("F2", async (item: number) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    return item * item;
  });
  await using hub = await TaskHub.open("memory:", {
    functions: [app.f1, slowSquare, app.f3, app.sumOfSquares],
    maxConcurrent: 8,
  });
  await hub.start();
  const run = await hub.client.startNew(app.sumOfSquares, { input: 100 });
  assert.equal(await run.result({ timeout: "20s" }), `The sum is ${sumOfSquaresTo(100)}`);
  assert.equal(most, 8);
});
