import { test } from "node:test";
import { approvalTests } from "./approval.testsuite.ts";
import { chainingTests } from "./chaining.testsuite.ts";
import { entityTests } from "./entities.testsuite.ts";
import { fanOutTests } from "./fan-out.testsuite.ts";
import { reportTests } from "./reports.testsuite.ts";
import { exampleHost } from "./testing/example-host.ts";

const example = exampleHost("typescript", { main: "src/functions/*.ts" });

test("the example in TypeScript is run from its sources", async () => {
  await example().host.printed(/TypeScript is compiled by esbuild/);
});

approvalTests(example, "ExampleHub");
chainingTests(example);
fanOutTests(example, [0, 1, 1_000]);
reportTests(example);
entityTests(example);
