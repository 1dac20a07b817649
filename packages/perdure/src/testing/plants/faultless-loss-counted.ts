import type { Plant } from "./plant.ts";

export const faultlessLossCounted: Plant = {
  name: "faultless-loss-counted",
  sentence: "Places that are lost without a fault of the call count against those who ran there: bystanders are stopped.",
  file: "engine/crashes/suspicion.ts",
  search: "  if (atFault === false) return crashes;\n",
  replace: "  if (atFault === false) return crashes + 6;\n",
  seed: 19,
};
