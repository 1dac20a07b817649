import type { Plant } from "./plant.ts";

export const terminalStatusOverwritten: Plant = {
  name: "terminal-status-overwritten",
  sentence: "An instance that has ended, and is still in memory, takes another message.",
  file: "engine/turns/turn-loop.ts",
  search: "      if (isDone(instance.state)) instance.pass();\n      else ",
  replace: "      ",
  seed: 70,
};
