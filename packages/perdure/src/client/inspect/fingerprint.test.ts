import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { patternOf } from "./fingerprint.ts";

test("what differs from one failure to the next is left out", () => {
  const cases: readonly (readonly [message: string, pattern: string])[] = [
    ["503 Service Unavailable", "… Service Unavailable"],
    ["the card was refused (51)", "the card was refused (…)"],
    ['Activity "RenderInvoice" did not finish within 30000 ms', 'Activity "…" did not finish within … ms'],
    ["Cannot read properties of undefined (reading 'key')", "Cannot read properties of undefined (reading '…')"],
    ["can't take it, and won't", "can't take it, and won't"],
    ["order-84121 is gone.\nat once", "… is gone."],
    ["connect ECONNREFUSED 127.0.0.1:5432", "connect ECONNREFUSED …"],
    ["id 6f9619ff-8b86-d011-b42d-00c04fc964ff: not found", "id …: not found"],
    ["  spaces   between ", "spaces between"],
    ["", ""],
  ];
  for (const [message, pattern] of cases) assert.equal(patternOf(message), pattern, message);
});

test("other numbers, ids and quoted texts give the same pattern, and a pattern is its own", () => {
  const word = fc.stringMatching(/^[a-z]{1,8}$/);
  const number = fc.nat().map(String);
  const quoted = fc.stringMatching(/^[a-z0-9 ]{0,8}$/);
  fc.assert(
    fc.property(word, number, number, quoted, quoted, word, (before, one, other, text, more, after) => {
      const message = (n: string, q: string) => `${before} ${n} of order-${n} with "${q}" and '${q}' ${after}`;
      assert.equal(patternOf(message(one, text)), patternOf(message(other, more)));
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 250 }), (message) =>
      assert.equal(patternOf(patternOf(message)), patternOf(message)),
    ),
  );
});
