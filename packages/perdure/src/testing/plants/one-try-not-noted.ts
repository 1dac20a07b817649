import type { Plant } from "./plant.ts";

export const oneTryNotNoted: Plant = {
  name: "one-try-not-noted",
  sentence: "A stopped instance forgets under which code it was tried: two releases set it going in turn.",
  file: "engine/instances/adoption.ts",
  search: "const { version, crashes, convictedBy, createdAt } = row;",
  replace: "const { version, crashes, createdAt } = row, convictedBy: readonly string[] = [];",
  run: "recovery",
  seed: 1,
};
