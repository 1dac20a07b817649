import assert from "node:assert/strict";
import { test } from "node:test";
import { doingParts } from "./doing-parts.ts";
import { commonText, messageParts, metaText, whenText } from "./failure-text.ts";

test("the name in a line about what is done stands out, whatever is said of it", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["waits for event Approved and 1 more", ["waits for event ", "Approved", " and 1 more", ""]],
    ["runs Pack at worker 2", ["runs ", "Pack", " at worker 2", ""]],
    ["ShipParcel fails, attempt 2 follows · 503 · again", ["", "ShipParcel", " fails, attempt 2 follows", "503 · again"]],
    ["waits for 38 of 400 children", ["waits for ", "38 of 400", " children", ""]],
    ["the code does not fit the history at event 7 · asks for a", ["", "the code does not fit the history", " at event 7", "asks for a"]],
    ["waits for @stock@sku-1", ["waits for ", "@stock@sku-1", "", ""]],
    ["waits for the locks of @stock@a and 1 more", ["waits for the locks of ", "@stock@a", " and 1 more", ""]],
    ["Pack: no free slot", ["", "Pack", ": no free slot", ""]],
    ["waits for a worker", ["", "", "waits for a worker", ""]],
    ["7 activities, 1 child", ["", "", "7 activities, 1 child", ""]],
    ["suspended: audit 118", ["", "", "suspended: audit 118", ""]],
  ];
  for (const [text, [before, strong, after, rest]] of cases) assert.deepEqual(doingParts(text), { before, strong, after, rest }, text);
});

test("what differs between the failures of a group is told from what they share", () => {
  const parts = messageParts({ kind: "failed", errorType: "TimeoutError", message: "not within … ms" });
  assert.deepEqual(parts.map(({ text, isVariable }) => (isVariable ? `[${text}]` : text)).join(""), "TimeoutError: not within […] ms");
  assert.equal(messageParts({ kind: "failed", errorType: "A", message: "A: b" })[0]?.text, "A: b");
  assert.equal(messageParts({ kind: "stopped", errorType: "CODE", message: "It stops." })[0]?.text, "It stops.");
  assert.equal(messageParts({ kind: "failed", errorType: "E", message: 'Activity "Ship" failed: 503' })[0]?.text, "E: 503");
  assert.equal(messageParts({ kind: "stopped", errorType: "NON_DETERMINISM", message: "x" })[0]?.text, "The code does not fit the history");
  assert.equal(commonText('Activity "…" did not finish within … ms'), "did not finish within");
});

test("a group says where it failed once", () => {
  const group = {
    name: "Order",
    version: "2",
    from: "Ship",
    errorType: "E",
    kind: "failed" as const,
    site: { file: "/app/src/ship.ts", line: 42, column: 7 },
  };
  assert.equal(metaText(group), "Order v2 · Ship · app/src/ship.ts:42:7");
});

test("when a group failed is a span of today, or of other days", () => {
  const now = Date.UTC(2026, 10, 30, 14, 0);
  const ago = (minutes: number) => now - minutes * 60_000;
  assert.equal(whenText(ago(58), ago(1), now, "utc"), "13:02 to now");
  assert.equal(whenText(ago(2), ago(1), now, "utc"), "just now");
  assert.equal(whenText(ago(829), ago(735), now, "utc"), "00:11 to 01:45");
  assert.equal(whenText(ago(60), ago(60), now, "utc"), "13:00");
  assert.equal(whenText(ago(900), ago(735), now, "utc"), "yesterday 23:00 to 01:45");
});
