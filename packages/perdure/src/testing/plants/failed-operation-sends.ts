import type { Plant } from "./plant.ts";

export const failedOperationSends: Plant = {
  name: "failed-operation-sends",
  sentence: "What an operation has sent leaves although it failed.",
  file: "executors/entity-batch.ts",
  search: "    if (open !== null) open.isOver = true;",
  replace: "    if (open !== null) open.isOver = this.#actions.push(...open.actions) >= 0;",
  seed: 5,
};
