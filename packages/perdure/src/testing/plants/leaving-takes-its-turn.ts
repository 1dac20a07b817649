import type { Plant } from "./plant.ts";

export const leavingTakesItsTurn: Plant = {
  name: "leaving-takes-its-turn",
  sentence: "An instance that was stopped or given back while it stood in line has its turn all the same.",
  file: "engine/instances/episodes.ts",
  search: '      if (instance?.phase !== "queued") continue;',
  replace: "      if (instance === undefined || instance.gone) continue;",
  seed: 1,
};
