import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTraceparent } from "./trace-context.ts";

test("a traceparent of today is read as any other, and what the standard tells to ignore is ignored", () => {
  const trace = "11112222333344445555666677778888";
  const span = "aaaabbbbccccdddd";
  const place = { traceId: trace, spanId: span, isSampled: true };
  assert.deepEqual(parseTraceparent(`00-${trace}-${span}-01`), place);
  assert.deepEqual(parseTraceparent(` 00-${trace}-${span}-01 `), place);
  assert.deepEqual(parseTraceparent(`cc-${trace}-${span}-03-more`), place);
  assert.deepEqual(parseTraceparent(`00-${trace}-${span}-02`), { ...place, isSampled: false });
  for (const text of [
    "",
    `00-${trace}-${span}`,
    `ff-${trace}-${span}-01`,
    `00-${"0".repeat(32)}-${span}-01`,
    `00-${trace}-${"0".repeat(16)}-01`,
    `00-${trace.replace("1", "A")}-${span}-01`,
    `00-${trace}-${span}-0x`,
    `00-${trace.replace("1", "é")}-${span}-01`,
  ])
    assert.equal(parseTraceparent(text), null, text);
});
