import assert from "node:assert/strict";
import { test } from "node:test";
import { payload } from "../model/payload.ts";
import type { Frame } from "./frames.ts";
import { unpack } from "./frames.ts";
import type { FromThread } from "./messages.ts";
import { Outbox } from "./outbox.ts";

test("what is said in one tick goes in its order, in frames that keep both sides busy", async () => {
  const frames: Frame[] = [];
  const outbox = new Outbox<FromThread>({ post: (frame) => frames.push(frame), refused: () => assert.fail() });
  const answers = Array.from(
    { length: 100 },
    (_, call): FromThread => ({ kind: "answer", call, answer: { kind: "completed", result: payload("1") } }),
  );
  for (const answer of answers) outbox.add(answer);
  assert.equal(frames.length, 0);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    frames.flatMap((frame) => unpack<FromThread>(frame)),
    answers,
  );
  assert.ok(frames.length > 1 && frames.length < 10, `${frames.length} frames`);
});
