import assert from "node:assert/strict";
import { test } from "node:test";
import { FunctionRegistry } from "../functions/registry.ts";
import type { EpisodeRequest, EpisodeResult } from "../model/executor.ts";
import { instanceId, instanceNo } from "../model/ids.ts";
import { limitCursors } from "./limit-cursors.ts";
import { createNativeExecutor } from "./native-executor.ts";
import { wrapExecutor } from "./wrap-executor.ts";

const request = (no: number): EpisodeRequest => ({
  no: instanceNo(no),
  attempt: no,
  instanceId: instanceId(`i${no}`),
  generation: 0,
  name: "any",
  version: null,
  alone: false,
  episode: 0,
  history: [],
  fresh: [],
});

test("the cursors that ran longest ago are forgotten first, and only as many as must be", async () => {
  const forgotten: number[] = [];
  const ran: EpisodeResult = { kind: "ran", actions: [], outcome: null, cursorBytes: 100 };
  const inner = wrapExecutor(createNativeExecutor({ functions: new FunctionRegistry([]) }), {
    runEpisode: async () => ran,
    forget: (no) => forgotten.push(no),
  });
  const executor = limitCursors(inner, 300);
  for (const no of [1, 2, 3, 1, 4]) await executor.runEpisode(request(no));
  assert.deepEqual(forgotten, [2]);
  executor.forget(instanceNo(3));
  await executor.runEpisode(request(5));
  assert.deepEqual(forgotten, [2, 3]);
  await executor.runEpisode(request(6));
  assert.deepEqual(forgotten, [2, 3, 1]);
});

test("the late answer of an attempt that was aborted and forgotten counts for no cursor", async () => {
  const answers: (() => void)[] = [];
  const forgotten: number[] = [];
  const ran: EpisodeResult = { kind: "ran", actions: [], outcome: null, cursorBytes: 100 };
  const inner = wrapExecutor(createNativeExecutor({ functions: new FunctionRegistry([]) }), {
    runEpisode: () => new Promise((resolve) => answers.push(() => resolve(ran))),
    forget: (no) => forgotten.push(no),
  });
  const executor = limitCursors(inner, 150);
  const late = executor.runEpisode(request(1));
  executor.abortEpisode({ no: instanceNo(1), attempt: 1 }, "terminated");
  executor.forget(instanceNo(1));
  answers[0]?.();
  await late;
  const next = executor.runEpisode(request(2));
  answers[1]?.();
  await next;
  assert.deepEqual(forgotten, [1], "the cursor of another instance was forgotten to make room for one that is not there");
});
