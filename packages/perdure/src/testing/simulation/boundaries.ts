import type { StoreKind } from "./world.ts";

type Boundaries = { readonly [scenario: string]: readonly [number, number] };

/**
 * Effect boundaries that a systematic run crosses at least, with one process and with two. Fewer means that something is no longer done, or no
 * longer seen: look why before you lower a number.
 */
export const SYSTEMATIC_BOUNDARIES: Boundaries = {
  sequence: [46, 64],
  "fan-out": [50, 68],
  retry: [80, 98],
  timeout: [40, 58],
  heartbeat: [54, 72],
  "long-activity": [68, 106],
  abort: [32, 50],
  poison: [34, 52],
  "poison-code": [58, 78],
  context: [54, 74],
  children: [70, 88],
  "child-retry": [84, 102],
  "child-conflict": [44, 64],
  "terminate-family": [68, 86],
  events: [48, 78],
  bursts: [128, 220],
  any: [46, 66],
  "continue-as-new": [82, 110],
  eternal: [64, 82],
  "ping-pong": [70, 90],
  suspend: [46, 66],
  scheduled: [36, 62],
  reuse: [82, 126],
  race: [46, 80],
  wait: [32, 50],
  "nobody-has-it": [60, 130],
  spread: [86, 104],
};

/**
 * On a SQLite file the changes of another process, here those of the client, are noticed by a poll in real time, which virtual time passes by: the
 * look that such a hint brings in memory, one for each process, is not made.
 */
const WITHOUT_HINTS: Boundaries = {
  "poison-code": [56, 74],
  context: [52, 70],
  "child-conflict": [42, 60],
  events: [46, 74],
  bursts: [126, 216],
  any: [44, 62],
  "continue-as-new": [80, 106],
  "ping-pong": [68, 86],
  suspend: [44, 62],
  reuse: [80, 122],
  race: [44, 76],
};

/** Null: nobody has said yet how many a scenario has. */
export const leastBoundaries = (scenario: string, store: StoreKind): readonly [number, number] | null =>
  (store === "sqlite" ? WITHOUT_HINTS[scenario] : undefined) ?? SYSTEMATIC_BOUNDARIES[scenario] ?? null;
