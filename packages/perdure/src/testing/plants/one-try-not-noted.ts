import type { Plant } from "./plant.ts";

export const oneTryNotNoted: Plant = {
  name: "one-try-not-noted",
  sentence: "A convicted instance forgets under which code it was tried: two releases set it going in turn.",
  file: "engine/instances/load.ts",
  search: "  instance.convictedBy = row.convictedBy;\n",
  replace: "",
  run: "recovery",
  seed: 1,
};
