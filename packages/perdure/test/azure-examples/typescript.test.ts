import { test } from "node:test";
import { entityTests } from "./entities.testsuite.ts";
import { fanOutTests } from "./fan-out.testsuite.ts";
import { monitorTest } from "./monitor.testsuite.ts";
import { reportTests } from "./reports.testsuite.ts";
import { exampleHost } from "./testing/example-host.ts";

const LOOK_EVERY_MS = 100;
const example = exampleHost("typescript", { args: ["--store", "memory:"], env: { LOOK_EVERY_MS: `${LOOK_EVERY_MS}` } });

test("the app is built by its own script, since it was not", async () => {
  await example().host.printed(/Building the app, since there is no file by \\"main\\"/);
});

fanOutTests(example, [0, 1, 100]);
reportTests(example);
entityTests(example);
monitorTest(example, LOOK_EVERY_MS, 5);
