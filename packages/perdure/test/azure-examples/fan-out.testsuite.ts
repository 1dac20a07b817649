import assert from "node:assert/strict";
import { test } from "node:test";
import type { AzureHost, Status } from "../azure/testing/azure-host.ts";
import type { Example } from "./testing/example-host.ts";
import { logOf } from "./testing/example-host.ts";

const LIMIT = 20;

export const reportOn = (n: number): string => `The sum is ${(n * (n + 1) * (2 * n + 1)) / 6}`;

export async function sum(host: AzureHost, count: number, pauseMs = 0): Promise<Status> {
  const { statusQueryGetUri = "" } = await host.started(`/api/sum-of-squares/${count}?pause=${pauseMs}`);
  return host.ended(statusQueryGetUri);
}

/** Scenario 3. */
export function fanOutTests(example: () => Example, counts: readonly number[]): void {
  test(`fan-out: the sum is right for ${counts.join(", ")} items`, async () => {
    for (const count of counts) {
      const { runtimeStatus, output } = await sum(example().host, count);
      assert.deepEqual([runtimeStatus, output], ["Completed", reportOn(count)]);
    }
    assert.equal((await fetch(`${example().host.url}/api/sum-of-squares/many`, { method: "POST" })).status, 404);
  });

  test("fan-out: activities run in parallel, up to the limit of host.json and not beyond", async () => {
    const { instanceId, output } = await sum(example().host, 3 * LIMIT, 30);
    assert.equal(output, reportOn(3 * LIMIT));
    let running = 0;
    let most = 0;
    for (const { function: name, instanceId: of, msg } of logOf(example().host)) {
      if (of !== instanceId || name !== "Square") continue;
      running += String(msg).startsWith("Executing") ? 1 : -1;
      most = Math.max(most, running);
    }
    assert.deepEqual([running, most], [0, LIMIT]);
  });
}
