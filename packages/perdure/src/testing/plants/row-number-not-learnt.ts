import type { Plant } from "./plant.ts";

export const rowNumberNotLearnt: Plant = {
  name: "row-number-not-learnt",
  sentence: "Mail that the batch in flight turned into rows does not learn under which numbers: it is delivered, and read again.",
  file: "engine/instances/mailbox.ts",
  search: "    mail.seq = seq;\n    if (seq !== null)",
  replace: "    if (seq === null)",
  seed: 2,
};
