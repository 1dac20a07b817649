import type { Plant } from "./plant.ts";

export const childDoesNotAnswer: Plant = {
  name: "child-does-not-answer",
  sentence: "A sub-orchestration that completes does not tell its parent.",
  file: "core/apply-episode.ts",
  search: "    messages.push(...reply(state, at, { result: outcome.output }));",
  replace: "",
  seed: 1,
};
