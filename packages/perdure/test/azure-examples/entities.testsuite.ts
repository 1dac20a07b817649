import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../../src/process/testing/until.ts";
import type { AzureHost } from "../azure/testing/azure-host.ts";
import type { Example } from "./testing/example-host.ts";
import { run } from "./testing/example-host.ts";

const PATIENCE_MS = 30_000;

/** Null: it does not exist. */
export async function stateOf(host: AzureHost, path: string): Promise<number | null> {
  const response = await fetch(`${host.url}/api/${path}`);
  return response.status === 404 ? null : ((await response.json()) as number);
}

/** A signal is accepted before it is applied. */
export const untilState = (host: AzureHost, path: string, state: number): Promise<true> =>
  until(`${path} is ${state}`, async () => (await stateOf(host, path)) === state, PATIENCE_MS);

export const post = async (host: AzureHost, path: string, body = ""): Promise<void> => {
  assert.equal((await fetch(`${host.url}/api/${path}`, { method: "POST", body })).status, 202);
};

/** Scenario 7. */
export function entityTests(example: () => Example): void {
  test("entities: a counter is added to and reset by a client, one operation after another, and by an orchestration with calls and signals", async () => {
    const { host } = example();
    assert.equal(await stateOf(host, "counters/visits"), null);
    await Promise.all([1, 2, 3, 4].map((amount) => post(host, "counters/visits/add", `${amount}`)));
    await untilState(host, "counters/visits", 10);
    await post(host, "counters/other/add", "40");
    await untilState(host, "counters/other", 40);
    await post(host, "counters/visits/reset");
    await untilState(host, "counters/visits", 0);
    assert.equal(await stateOf(host, "counters/other"), 40);
    for (const [amounts, counted] of [
      [[1, 2, 3], 6],
      [[10, -4, 1], 7],
      [[], 0],
    ])
      assert.equal((await run(host, "/api/counts", amounts)).output, counted);
  });

  test("entities: a transfer locks two accounts, its sum stays, and one that fails changes nothing and releases the locks", async () => {
    const { host } = example();
    const transfer = (from: string, to: string, amount: number) => run(host, "/api/transfers", { from, to, amount });
    await post(host, "accounts/ada/deposit/100");
    await untilState(host, "accounts/ada", 100);
    const failed = await transfer("ada", "bob", 101);
    assert.equal(failed.runtimeStatus, "Failed");
    assert.match(String(failed.output), /ada has 100, which is less than 101/);
    assert.equal((await transfer("ada", "bob", 60)).output, 60);
    const ends = await Promise.all([10, 20, 30].flatMap((amount) => [transfer("ada", "bob", amount), transfer("bob", "ada", amount)]));
    assert.ok(ends.every(({ runtimeStatus }) => runtimeStatus === "Completed" || runtimeStatus === "Failed"));
    const [ada, bob] = [await stateOf(host, "accounts/ada"), await stateOf(host, "accounts/bob")];
    assert.equal((ada ?? 0) + (bob ?? 0), 100);
  });
}
