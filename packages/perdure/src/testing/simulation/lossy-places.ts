import type { NotRun } from "../../model/executor.ts";
import type { Fate, Lossy } from "../lossy-executor.ts";
import { PASS } from "../lossy-executor.ts";
import { Random } from "../random.ts";

/** Of so many calls one is not carried out. */
const ONE_IN = 25;
const LOSSY_STREAM = 78;
const SILENT: Fate = { kind: "silent" };
/** What is not answered by then is lost, as for code in another process. */
export const PLACE_LIMITS = { episodeMs: 1_000, activityGraceMs: 500, entityBatchMs: 1_000 };

/** Of chances of its own, as the rest of a seed stays as it is: in some seeds user code runs in places that fail; null: in this one it does not. */
export function lossyPlaces(seed: number, isOver: () => boolean): Omit<Lossy, "after"> | null {
  const random = new Random(seed, LOSSY_STREAM);
  if (!random.chance(0.3)) return null;
  const isCarriedOut = () => isOver() || random.int(ONE_IN) > 0;
  return {
    // Without an answer an activity that has no timeout may take as long as it likes.
    episode: () => (isCarriedOut() ? PASS : random.chance(0.15) ? SILENT : fateOf(random)),
    activity: () => (isCarriedOut() ? PASS : fateOf(random)),
    entityBatch: () => (isCarriedOut() ? PASS : random.chance(0.15) ? SILENT : fateOf(random)),
  };
}

function fateOf(random: Random): Fate {
  const declined: NotRun = { kind: "declined", retryAfterMs: random.between(1, 2_000), elsewhere: random.chance(0.5) };
  // Most losses are not the call's fault here: with six that count in a row a bystander would be stopped, and rightly so.
  const lost: NotRun = { kind: "lost", atFault: random.chance(0.3) ? null : false, reason: "the place is gone" };
  switch (random.int(6)) {
    case 0:
      return { kind: "dropped", answer: declined };
    case 1:
      return { kind: "answerLost", answer: lost };
    case 2:
      return { kind: "late", answer: lost, afterMs: random.between(1, 1_500) };
    case 3:
      return { kind: "twice" };
    case 4:
      return { kind: "rejects", error: new Error("the executor is broken") };
    default:
      return { kind: "dropped", answer: lost };
  }
}
