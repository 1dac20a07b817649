import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { approvalTests } from "./approval.testsuite.ts";
import { chainingTests } from "./chaining.testsuite.ts";
import { exampleHost } from "./testing/example-host.ts";

const example = exampleHost("javascript");

approvalTests(example, "ShippingHub");
chainingTests(example);

test("the log has the lines of functions, and the store is where the command was called, not in the app's folder", async () => {
  const { host, folder } = example();
  assert.ok(existsSync(join(folder, "perdure.db")));
  await host.printed(/"event":"function\.log","function":"DurableFunction_HttpStart".*Started orchestration with ID/);
  await host.printed(/Executing 'Functions\.DurableFunction_Ship' \(Id=/);
  assert.equal(await host.stopped(), 0);
});
