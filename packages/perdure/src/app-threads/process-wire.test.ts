import assert from "node:assert/strict";
import { test } from "node:test";
import type { Frame } from "./frames.ts";
import { PacketReader, packet } from "./process-wire.ts";

const FRAMES: readonly Frame[] = [
  ["[]"],
  ['[{"kind":"forget","no":1}]'],
  ["[0]", { kind: "part", call: 4, part: new Uint8Array([1, 2, 3]) }],
  [`["${"ü€".repeat(40)}"]`],
  ["", { error: undefined, limit: Number.POSITIVE_INFINITY }],
];

test("frames cross a pipe in pieces of any size, each once and in their order", () => {
  const bytes = Buffer.concat(FRAMES.map(packet));
  for (const size of [1, 2, 3, 5, 7, 64, bytes.length]) {
    const received: Frame[] = [];
    const reader = new PacketReader((frame) => received.push(frame));
    for (let at = 0; at < bytes.length; at += size) reader.add(bytes.subarray(at, at + size));
    assert.deepEqual(received, FRAMES, `pieces of ${size} bytes`);
  }
});
