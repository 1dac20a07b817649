import type { Plant } from "./plant.ts";

export const terminalStatusOverwritten: Plant = {
  name: "terminal-status-overwritten",
  sentence: "An instance that has ended, and is still in memory, takes another message.",
  file: "engine/instances/episodes.ts",
  search: "  #run(instance: ActiveInstance): void {\n    if (isDone(instance.state)) return;\n",
  replace: "  #run(instance: ActiveInstance): void {\n",
  seed: 67,
};
