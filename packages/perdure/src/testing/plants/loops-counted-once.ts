import type { Plant } from "./plant.ts";

export const loopsCountedOnce: Plant = {
  name: "loops-counted-once",
  sentence: "Of several continue-as-new in one batch the audit counts the last one alone.",
  file: "engine/commits/instance-rows.ts",
  search: "(had?.continuedAsNew ?? 0) + (extra?.continuedAsNew ?? 0)",
  replace: "extra?.continuedAsNew ?? had?.continuedAsNew ?? 0",
  seed: 34,
};
