import type { Plant } from "./plant.ts";

export const moreChildrenThanNumbers: Plant = {
  name: "more-children-than-numbers",
  sentence: "An episode that starts more children than numbers are reserved is recorded all the same, and its worker ends.",
  file: "engine/episodes/episode-loop.ts",
  search: "if (!numbers.has(children)) {",
  replace: "if (children < 0) {",
  test: "../test/reliability/instance-numbers.test.ts",
  seed: 1,
};
