import { test } from "node:test";
import { entityTests } from "./entities.testsuite.ts";
import { fanOutTests } from "./fan-out.testsuite.ts";
import { monitorTest } from "./monitor.testsuite.ts";
import { reportTests } from "./reports.testsuite.ts";
import { exampleHost } from "./testing/example-host.ts";

const LOOK_EVERY_MS = 100;
// Its own build takes seconds of processor time: typescript.full.test.ts has what it makes.
const args = ["--store", "memory:"];
const example = exampleHost("typescript", { main: "src/functions/*.ts", args, env: { LOOK_EVERY_MS: `${LOOK_EVERY_MS}` } });

test("the example in TypeScript is run from its sources", async () => {
  await example().host.printed(/TypeScript is compiled by esbuild/);
});

fanOutTests(example, [0, 1, 100]);
reportTests(example);
entityTests(example);
monitorTest(example, LOOK_EVERY_MS, 5);
