import type { Plant } from "./plant.ts";

export const newerVersionClaimed: Plant = {
  name: "newer-version-claimed",
  sentence: "A worker that takes its version and older ones claims every version that waits.",
  file: "engine/claims/claim-keys.ts",
  search: ".filter((version) => takesVersion(own, key, version))",
  replace: "",
  seed: 4,
};
