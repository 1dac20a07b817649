import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { divergenceOf } from "../../src/client/inspect/divergence.ts";
import { stopText } from "../../src/client/inspect/doing-text.ts";
import { divergenceText } from "../../src/replay/cursor/action-match.ts";

const stopped = (message: string, code = "NON_DETERMINISM") => ({ code, message, at: 1, codeMayCure: true });
const found = { name: "Order", instanceId: "o-1", position: 14, ts: 1_000, version: null };

test("what was asked for and what was recorded is read from the reason of a stop", () => {
  const asked = 'activity "Charge" as action 4';
  const recorded = 'activity "Send" as action 4';
  const text = (place: string | null) => divergenceText({ ...found, asked, recorded, place });
  const divergence = { asked, recorded, seq: 13 };
  assert.deepEqual(divergenceOf(stopped(text("at /app/my order.ts:24:9"))), {
    ...divergence,
    site: { file: "/app/my order.ts", line: 24, column: 9 },
  });
  assert.deepEqual(divergenceOf(stopped(text("after file:///app/o.ts:3"))), {
    ...divergence,
    site: { file: "file:///app/o.ts", line: 3, column: null },
  });
  assert.deepEqual(divergenceOf(stopped(text(null))), { ...divergence, site: null });
  assert.equal(divergenceOf(stopped(text(null), "STUCK")), null);
  assert.deepEqual(divergenceOf(stopped("another text")), { recorded: null, asked: null, seq: null, site: null });
  assert.equal(divergenceOf(null), null);
});

test("in a line of a list", () => {
  const text = divergenceText({ ...found, asked: 'activity "Charge" as action 4', recorded: "nothing more", place: null });
  assert.equal(
    stopText(stopped(text)),
    'the code does not fit the history at event 14 · asks for activity "Charge", where nothing more was recorded',
  );
  assert.equal(stopText(stopped("It waits for nothing.\nMore.", "STUCK")), "STUCK: It waits for nothing.");
});

test("whatever functions are called", () => {
  const name = fc.string({ minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(name, name, fc.nat(10_000), (one, other, position) => {
      const asked = `activity "${one}" as action 1`;
      const recorded = `activity "${other}" as action 1`;
      const text = divergenceText({ ...found, asked, recorded, position, place: null });
      const read = divergenceOf(stopped(text));
      assert.deepEqual([read?.asked, read?.recorded, read?.seq], [asked, recorded, position - 1]);
    }),
  );
});
