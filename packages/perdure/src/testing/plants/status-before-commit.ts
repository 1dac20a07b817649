import type { Plant } from "./plant.ts";

export const statusBeforeCommit: Plant = {
  name: "status-before-commit",
  sentence: "A client that waits is told an end that is not durable.",
  file: "client/hub-client.ts",
  search: "const inMemory = active !== undefined && active.unsettled === 0 ?",
  replace: "const inMemory = active !== undefined ?",
  seed: 37,
};
