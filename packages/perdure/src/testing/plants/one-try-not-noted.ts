import type { Plant } from "./plant.ts";

export const oneTryNotNoted: Plant = {
  name: "one-try-not-noted",
  sentence: "A stopped instance forgets under which code it was tried: two releases set it going in turn.",
  file: "engine/ownership/adoption.ts",
  search: "const { version, crashes, poisonCodeVersions, createdAt } = row;",
  replace: "const { version, crashes, createdAt } = row, poisonCodeVersions: readonly string[] = [];",
  run: "recovery",
  seed: 1,
};
