import { workerData } from "node:worker_threads";
import { Connection } from "../connection.ts";
import { framesLeft } from "../log-mark.ts";
import type { CheckpointThreadData } from "./checkpointer.ts";
import { ANSWER, Answer, REQUEST, Request } from "./checkpointer.ts";

/** The first round copies what there is; the next ones what the writer has added meanwhile. */
const MOST_ROUNDS = 4;
const FEW_FRAMES = 400;

const { path, busyTimeoutMs, shared } = workerData as CheckpointThreadData;
const places = new Int32Array(shared);
const connection = new Connection(path, { readOnly: false, busyTimeoutMs });
connection.db.exec("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0");

function answer(value: number): void {
  Atomics.store(places, ANSWER, value);
  Atomics.notify(places, ANSWER);
}

function checkpoint(): void {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    framesLeft(connection, "PASSIVE");
    if (Atomics.load(places, REQUEST) === Request.close || framesLeft(connection, "NOOP") <= FEW_FRAMES) return;
  }
}

for (;;) {
  Atomics.wait(places, REQUEST, Request.none);
  if (Atomics.load(places, REQUEST) === Request.close) break;
  checkpoint();
  Atomics.compareExchange(places, REQUEST, Request.checkpoint, Request.none);
  answer(Answer.done);
}
connection.close();
answer(Answer.closed);
