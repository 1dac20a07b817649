import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerBoard } from "./answer-board.ts";

test("lines can be read from the other side until they are cleared, whatever their letters, and one that has no room is refused", () => {
  const words = new SharedArrayBuffer(AnswerBoard.bytes + 8);
  const [here, there] = [new AnswerBoard(words, 8), new AnswerBoard(words, 8)];
  assert.deepEqual(there.read(), []);
  const lines = ['1 [3,0,"a"]', '2 [3,1,"ü € 😀"]'];
  for (const line of lines) assert.equal(here.note(line), true);
  assert.deepEqual(there.read(), lines);
  assert.equal(here.note("x".repeat(30_000)), false);
  assert.deepEqual(there.read(), lines);
  here.clear();
  assert.deepEqual(there.read(), []);
  let noted = 0;
  while (here.note("€".repeat(1_000))) noted += 1;
  assert.ok(noted >= 15, `${noted}`);
  assert.equal(there.read().length, noted);
});
