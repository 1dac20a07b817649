import type { Plant } from "./plant.ts";

export const episodeMailLost: Plant = {
  name: "episode-mail-lost",
  sentence: "An episode is given up (the worker stops, the store is away), and the messages that it had taken go with it.",
  file: "engine/instances/mailbox.ts",
  search: "    this.putBack(this.#taken);\n",
  replace: "",
  seed: 22,
};
