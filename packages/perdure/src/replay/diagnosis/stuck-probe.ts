import { messageOf } from "../../errors/perdure-error.ts";
import type { EpisodeResult } from "../../model/executor.ts";
import type { HistoryEvent } from "../../model/history.ts";

import { Cursor } from "../cursor/cursor.ts";
import type { CursorHost, CursorTarget } from "../cursor/cursor-host.ts";
import type { StuckAt } from "./promise-watch.ts";
import { PromiseWatch } from "./promise-watch.ts";

/** Probes run one after the other: promise hooks are the process's. */
let turn: Promise<unknown> = Promise.resolve();

/** Why an instance that waits for nothing durable cannot continue: replays it once more in a throw-away cursor with promise hooks on. */
export function explainStuck(
  host: CursorHost,
  target: CursorTarget,
  history: readonly HistoryEvent[],
  fresh: readonly HistoryEvent[],
): Promise<EpisodeResult> {
  const answer = turn.then(() => probe(host, target, history, fresh));
  turn = answer.catch(() => {});
  return answer;
}

async function probe(
  host: CursorHost,
  target: CursorTarget,
  history: readonly HistoryEvent[],
  fresh: readonly HistoryEvent[],
): Promise<EpisodeResult> {
  const noAnswer = (): EpisodeResult => ({ kind: "historyNeeded" });
  const probeHost: CursorHost = { ...host, log: () => {}, stuck: noAnswer, diverged: noAnswer, unguarded: noAnswer, released: () => {} };
  const cursor = new Cursor(probeHost, target, true);
  const watch = new PromiseWatch(cursor.call);
  let at: StuckAt;
  try {
    await cursor.run(history, fresh);
    at = watch.cause();
  } finally {
    watch.stop();
  }
  const message = messageOf(
    "STUCK",
    target.definition.name,
    target.instanceId,
    at.awaited,
    at.created === null ? "" : ` It was created at ${at.created}.`,
  );
  return { kind: "stopped", code: "STUCK", message };
}
