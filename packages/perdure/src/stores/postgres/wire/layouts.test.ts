import assert from "node:assert/strict";
import { test } from "node:test";
import { HISTORY } from "./history-row.ts";
import { layout } from "./layout.ts";
import { columnsOf, eachPosition, eachRow, rowAt, rowCount, rowFromZero, valuesOf } from "./layout-sql.ts";
import { Texts } from "./texts.ts";

const SAMPLE = layout<{ readonly no: number; readonly id: string | null; readonly name: string; readonly body: string | null }>()({
  no: { number: ({ no }) => no },
  id: { text: ({ id }) => id, what: "id" },
  name: { common: ({ name }) => name },
  body: { payload: ({ body }) => body },
});

test("a row is packed in the order of its columns: one number, or offset and length of a string", () => {
  const [numbers, texts] = [[] as number[], new Texts()];
  SAMPLE.pack(numbers, texts, { no: 7, id: "ab", name: "n", body: null });
  SAMPLE.pack(numbers, texts, { no: 8, id: null, name: "n", body: "xyz" });
  assert.deepEqual(numbers, [7, 1, 2, 3, 1, 0, 0, 8, 0, 0, 3, 1, 4, 3]);
  assert.equal(numbers.length, 2 * SAMPLE.size);
  assert.equal(texts.bytes.toString(), "abnxyz");
});

test("SQL finds a column of a row by its name, with constants added up", () => {
  const row = columnsOf(SAMPLE, "s");
  assert.deepEqual([row.no("g"), row.id("g"), row.name("g")], ["s[g]", "text_at(b, s[g + 1], s[g + 2])", "text_at(b, s[g + 3], s[g + 4])"]);
  assert.deepEqual([row.body("g"), row.bodyZ("g")], ["payload_at(b, s[g + 5], s[g + 6])", "packed_at(b, s[g + 5], s[g + 6])"]);
  const asTheyAre = columnsOf(SAMPLE, "s", "asTheyAre");
  assert.deepEqual([asTheyAre.body("g"), asTheyAre.bodyZ("g")], ["text_at(b, s[g + 5], s[g + 6])", "NULL::bytea"]);
  assert.equal(valuesOf(SAMPLE, "s").id, "text_at(b, s[2], s[3])");
  assert.equal(row.no(rowAt(SAMPLE, "place")), "s[place * 7 - 6]");
  assert.equal(row.body(rowAt(SAMPLE, "place")), "payload_at(b, s[place * 7 - 1], s[place * 7])");
  assert.equal(row.no(rowFromZero(SAMPLE, "p")), "s[p * 7 + 1]");
  assert.equal(columnsOf(HISTORY, "h").firstSeq("g"), "h[g + 3]");
  assert.equal(eachRow(SAMPLE, "s"), "generate_series(1, cardinality(s), 7)");
  assert.equal(eachPosition(SAMPLE, "s"), "generate_series(0, cardinality(s) / 7 - 1)");
  assert.equal(rowCount(SAMPLE, "s"), "cardinality(s) / 7");
});
