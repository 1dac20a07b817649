import assert from "node:assert/strict";
import { test } from "node:test";
import type { DurableClient } from "../../src/index.ts";
import { TaskHub } from "../../src/index.ts";
import * as golden from "../golden/golden-functions.ts";
import { ThreadApp } from "./testing/thread-app.ts";

/** Of all constructs, those programs that need nothing from outside. */
const PROGRAMS: readonly (readonly [name: string, input?: unknown])[] = [
  ["Sequence", 5],
  ["FanOut", 20],
  ["Retries"],
  ["Failing"],
  ["Children"],
  ["Timers"],
  ["Entities"],
];

/** Another value in each execution. */
const CHANCE: ReadonlySet<string> = new Set(["guid", "lucky", "uuid"]);

const endOf = async (client: DurableClient, [name, input]: (typeof PROGRAMS)[number]) => {
  const run = await client.startNew(name, { input, instanceId: name });
  const { runtimeStatus, output = null } = await client.waitForCompletion(run.instanceId, { timeout: "30s" });
  const same: unknown = JSON.parse(JSON.stringify(output), (key, value) => (CHANCE.has(key) ? typeof value : value));
  return { name, runtimeStatus, output: same };
};
const endsOf = (client: DurableClient) => Promise.all(PROGRAMS.map((program) => endOf(client, program)));

const PLACES = [
  { threads: 1, isolation: "thread" },
  { threads: 2, isolation: "thread" },
  { threads: 1, isolation: "process" },
  { threads: 2, isolation: "process" },
] as const;

for (const place of PLACES) {
  test(`the programs of all constructs end on app threads as they do in process (${place.threads}, ${place.isolation})`, async () => {
    await using here = await TaskHub.open("memory:", { functions: golden.functions, log: false });
    await here.start();
    await using app = await ThreadApp.open({ file: "../../golden/golden-functions.ts", ...place });
    const expected = await endsOf(here.client);
    assert.deepEqual(await endsOf(app.client), expected);
    assert.ok(expected.some(({ runtimeStatus }) => runtimeStatus === "Completed"));
  });
}
