import type { Plant } from "./plant.ts";

export const lostIsFailed: Plant = {
  name: "lost-is-failed",
  sentence: "An activity whose place is lost counts as failed: the orchestration sees an error that its code never threw.",
  file: "engine/activities/dispatcher.ts",
  search: 'if (result.kind === "lost") this.#lost(task, result);',
  replace: 'if (result.kind === "lost") this.#done(task, { kind: "failed", failure: { errorType: "Error", message: "lost" } });',
  seed: 22,
};
