import type { Plant } from "./plant.ts";

export const suspensionIgnored: Plant = {
  name: "suspension-ignored",
  sentence: "A suspended instance continues.",
  file: "core/receive.ts",
  search: "  if (intake.suspended) return false;",
  replace: "",
  seed: 4,
};
