import { Random } from "../random.ts";
import type { Feature } from "../scenarios/scenario.ts";
import { SIM_SETTINGS } from "./world.ts";

const SLOW_STREAM = 77;

/** Some episodes are answered late, as by user code on another thread; null: all at once. Of chances of its own: the rest of a seed stays as it is. */
export function episodeLag(seed: number): (() => number) | null {
  const random = new Random(seed, SLOW_STREAM);
  if (!random.chance(0.3)) return null;
  return () => (random.chance(0.2) ? random.int(2_000) : random.int(6));
}

/** The settings of all workers of a seed, and what is special about them. */
export function settingsOf(random: Random) {
  const seen: Feature[] = [];
  const activityLimits: { [name: string]: number } = { "any.crunch": 1 };
  if (random.chance(0.2)) {
    for (const name of LIMITED) activityLimits[name] = random.between(1, 2);
    seen.push("limit of one activity");
  }
  const settings = {
    ...SIM_SETTINGS,
    activityLimits,
    keepBelow: random.chance(0.5) ? random.int(3) : 8,
    keepCursors: !random.chance(0.15),
    maxEpisodesPerCommit: random.chance(0.15) ? 1 : 500,
    maxOwnedInstances: random.chance(0.2) ? 6 : 20_000,
    maxConcurrentActivities: random.chance(0.15) ? 2 : 1_000,
    maxMessagesPerEpisode: random.chance(0.15) ? 1 : 1_000,
  };
  return { settings, seen };
}

/** Activities that have a limit of their own in some seeds. */
const LIMITED = ["spread.crunch", "fan-out.square", "SEQUENCE.append"];
