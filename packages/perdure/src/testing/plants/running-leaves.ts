import type { Plant } from "./plant.ts";

export const runningLeaves: Plant = {
  name: "running-leaves",
  sentence: "An instance is given back while an episode of it is under way.",
  file: "engine/upkeep/idle-releases.ts",
  search: 'instance.phase !== "idle" ||',
  replace: 'instance.phase === "leaving" ||',
  seed: 10,
};
