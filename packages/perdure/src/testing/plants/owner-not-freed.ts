import type { Plant } from "./plant.ts";

export const ownerNotFreed: Plant = {
  name: "owner-not-freed",
  sentence: "Taking over from a dead worker leaves its instances owned by it.",
  file: "stores/memory/workers.ts",
  search: "for (const no of slice) free(tables, no, now, true);",
  replace: "",
  seed: 1,
};
