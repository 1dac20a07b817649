import type { StoreKind } from "./world.ts";

/**
 * Effect boundaries that a systematic run crosses at least, with one process and with two. Fewer means that something is no longer done, or no
 * longer seen: look why before you lower a number.
 */
export const SYSTEMATIC_BOUNDARIES: { readonly [scenario: string]: readonly [number, number] } = {
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
 * In these a client's change brings each process one look more, by a hint. On a SQLite file the changes of other processes are noticed by a poll in
 * real time, which virtual time passes by: the look is not made.
 */
const HINTED: ReadonlySet<string> = new Set(
  "poison-code context child-conflict events bursts any continue-as-new ping-pong suspend reuse race".split(" "),
);
/** Before it and after it. */
const BOUNDARIES_OF_A_LOOK = 2;

/** Null: nobody has said yet how many a scenario has. */
export function leastBoundaries(scenario: string, store: StoreKind): readonly [number, number] | null {
  const known = SYSTEMATIC_BOUNDARIES[scenario] ?? null;
  if (known === null || store === "memory" || !HINTED.has(scenario)) return known;
  return [known[0] - BOUNDARIES_OF_A_LOOK, known[1] - 2 * BOUNDARIES_OF_A_LOOK];
}
