import type { Plant } from "./plant.ts";

export const statusBeforeCommit: Plant = {
  name: "status-before-commit",
  sentence: "A client that waits is told an end that is not durable.",
  file: "client/waits.ts",
  search: "else if (active.undurableBatches === 0) {",
  replace: "else {",
  seed: 60,
};
