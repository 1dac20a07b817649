import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { CASES, namesSuite, running } from "./names.testsuite.ts";

// Each pair through the registry and two more doors, in turn; each door for three pairs: all of them in names.full.test.ts.
namesSuite(CASES.filter(({ door }, index) => door === "the registry" || index % 4 === 0));

test("the explanation of a wait that ran out knows the function by its key", async () => {
  await using hub = await running([orchestrator("ΟΔΟΣ", (ctx) => ctx.waitForExternalEvent("never"))]);
  const run = await hub.client.startNew("οδοσ");
  await assert.rejects(run.result({ timeout: "50ms" }), { code: "RESULT_TIMEOUT", message: /It continues/ });
});

test("no function is named as the mark by which a worker takes every name", async () => {
  const message = /"\*" is reserved: it stands for every name/;
  assert.throws(() => activity("*", () => 1), { code: "FUNCTION_NAME_INVALID", message });
  assert.throws(() => orchestrator("*", async () => 1), { code: "FUNCTION_NAME_INVALID", message });
  assert.equal(activity("* ", () => 1).name, "* ");
  await using hub = await running([activity("ship", () => 1)]);
  await assert.rejects(hub.client.startNew("*"), { code: "OPTION_INVALID", message });
});
