import type { Plant } from "./plant.ts";

export const resumeNotConsumed: Plant = {
  name: "resume-not-consumed",
  sentence: "The resume of a stopped instance stays in its inbox: it is tried again without end.",
  file: "engine/ownership/leaving.ts",
  search: "    batch.consume(instance, controls);\n",
  replace: "",
  run: "recovery",
  seed: 1,
};
