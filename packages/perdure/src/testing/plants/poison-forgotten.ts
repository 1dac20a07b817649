import type { Plant } from "./plant.ts";

export const poisonForgotten: Plant = {
  name: "poison-forgotten",
  sentence: "Every worker that joins sets instances going that were stopped for crashes.",
  file: "store/wake.ts",
  search: "codeMayCure && (codeVersions === undefined || (codeVersion !== null && !codeVersions.includes(codeVersion)))",
  replace: "codeMayCure",
  run: "recovery",
  seed: 1,
};
