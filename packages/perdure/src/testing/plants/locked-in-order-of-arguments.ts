import type { Plant } from "./plant.ts";

export const lockedInOrderOfArguments: Plant = {
  name: "locked-in-order-of-arguments",
  sentence: "A section takes its entities in the order in which they were given, so that two sections can wait for each other.",
  file: "core/entity-actions.ts",
  search: "[...new Set(entities)].sort();",
  replace: "[...new Set(entities)];",
  seed: 3,
};
