import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryEvent } from "../model/history.ts";
import { instanceId, instanceNo } from "../model/ids.ts";
import { payload } from "../model/payload.ts";
import type { Frame } from "./frames.ts";
import { pack, unpack } from "./frames.ts";
import type { FromThread, ToThread } from "./messages.ts";

const answer = (call: number, text: string): FromThread => ({
  kind: "answer",
  call,
  answer: { kind: "completed", result: payload(JSON.stringify(text)) },
});
const crossed = (frame: Frame): Frame => structuredClone(frame) as unknown as Frame;

test("small messages are one text, and large ones beside it, in the order in which they were said", () => {
  const large = "x".repeat(5_000);
  const part: FromThread = { kind: "part", call: 4, part: new Uint8Array([1, 2, 3]) };
  const messages = [answer(1, "a"), answer(2, large), answer(3, "\ud800 half a pair"), part, answer(5, "b")];
  const frame = pack(messages);
  assert.ok(frame[0].length < 500, "neither the large payload nor bytes are in the text");
  assert.equal(frame.length, 3);
  assert.deepEqual(unpack<FromThread>(crossed(frame)), messages);
});

test("a history goes beside the text, whatever its size; an episode with none in it", () => {
  const run = (history: readonly HistoryEvent[] | null): ToThread => {
    const request = { no: instanceNo(1), attempt: 1, instanceId: instanceId("a"), generation: 0, name: "x", version: null, alone: false };
    return { kind: "run", call: 1, work: { kind: "episode", request: { ...request, episode: 0, history, fresh: [] } } };
  };
  const messages = [run(null), run([{ kind: "OrchestratorCompleted", ts: 1 }])];
  const frame = pack(messages);
  assert.equal(frame.length, 2);
  assert.deepEqual(unpack<ToThread>(crossed(frame)), messages);
});
