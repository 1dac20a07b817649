import type { Plant } from "./plant.ts";

export const memberVersionIgnored: Plant = {
  name: "member-version-ignored",
  sentence: "A group gives an instance to a member that takes other versions of its function.",
  file: "executors/executor-group.ts",
  search: "hasName(offer[kind], key) && takesVersion(versionsOf(offer[kind]), key, version)",
  replace: "hasName(offer[kind], key)",
  seed: 6,
};
