import type { Plant } from "./plant.ts";

export const groupMemberForgotten: Plant = {
  name: "group-member-forgotten",
  sentence: "A group still offers what its members had at first: a member that comes back is never asked.",
  file: "executors/executor-group.ts",
  search: "        this.#offer = this.#merged();\n        for (const listener",
  replace: "        for (const listener",
  seed: 101,
};
