import type { Plant } from "./plant.ts";

export const silenceIsWaitedFor: Plant = {
  name: "silence-is-waited-for",
  sentence: "A place that does not answer is told to give up, and its call is waited for all the same: the instance stands still for ever.",
  file: "executors/limit-answers.ts",
  search: "        giveUp();\n        resolve(",
  replace: "        giveUp();\n        ((_: unknown) => {})(",
  seed: 93,
};
