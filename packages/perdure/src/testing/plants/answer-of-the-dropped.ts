import type { Plant } from "./plant.ts";

export const answerOfTheDropped: Plant = {
  name: "answer-of-the-dropped",
  sentence: "All that was in memory was dropped and read again; the answer of an episode from before is recorded all the same.",
  file: "engine/instances/episodes.ts",
  search: "    if (!this.#isAlive || !this.#asked.has(asked)) return;\n",
  replace: "    if (!this.#isAlive) return;\n",
  seed: 1,
};
