import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../../src/process/testing/until.ts";
import { exampleFolder } from "../azure/testing/azure-folder.ts";
import { AzureHost } from "../azure/testing/azure-host.ts";
import { approvalTests, escalationTest } from "./approval.testsuite.ts";
import { chainingTests } from "./chaining.testsuite.ts";
import { post, stateOf, untilState } from "./entities.testsuite.ts";
import { fanOutTests, reportOn, sum } from "./fan-out.testsuite.ts";
import { monitorTest } from "./monitor.testsuite.ts";
import { exampleHost, logOf, run } from "./testing/example-host.ts";

const LOOK_EVERY_MS = 50;
const example = exampleHost("typescript", { env: { LOOK_EVERY_MS: `${LOOK_EVERY_MS}` } });

test("the app is built by its own script, since it was not", async () => {
  await example().host.printed(/Building the app, since there is no file by \\"main\\"/);
});

approvalTests(example, "ExampleHub");
escalationTest(example);
chainingTests(example);
fanOutTests(example, [0, 1, 1_000, 10_000]);
monitorTest(example, LOOK_EVERY_MS, 100);

const COUNT = 400;

/** How many of the activities each worker has run. */
async function shares(host: AzureHost): Promise<readonly number[]> {
  const { output, instanceId } = await sum(host, COUNT, 50);
  assert.equal(output, reportOn(COUNT));
  const ran = logOf(host).filter((line) => line.instanceId === instanceId && /^Executing 'Functions.Square'/.test(String(line.msg)));
  assert.equal(ran.length, COUNT);
  return [...Map.groupBy(ran, ({ workerNumber }) => workerNumber).values()].map(({ length }) => length);
}

test("fan-out: its activities are spread over the workers, once these know of each other", async () => {
  using folder = exampleFolder("typescript");
  await using host = await AzureHost.start(".", folder.path, ["--workers", "2"]);
  const isSpread = async () => {
    const [one, other, ...more] = await shares(host);
    assert.equal(more.length, 0);
    return one !== undefined && other !== undefined && Math.min(one, other) >= COUNT / 10;
  };
  await until("a part for both", isSpread, 60_000);
});

test("entities survive a host that is killed, with what was accepted and not applied yet", async () => {
  using folder = exampleFolder("typescript");
  {
    await using host = await AzureHost.start(".", folder.path);
    assert.equal(await stateOf(host, "accounts/ada"), null);
    await Promise.all([1, 2, 3, 4].map(() => post(host, "accounts/ada/deposit/25")));
    for (const amount of ["1", "2", "3"]) await post(host, "counters/visits/add", amount);
  } // killed
  await using host = await AzureHost.start(".", folder.path);
  await untilState(host, "accounts/ada", 100);
  await untilState(host, "counters/visits", 6);
  assert.equal((await run(host, "/api/transfers", { from: "ada", to: "bob", amount: 30 })).output, 30);
  assert.deepEqual([await stateOf(host, "accounts/ada"), await stateOf(host, "accounts/bob")], [70, 30]);
});
