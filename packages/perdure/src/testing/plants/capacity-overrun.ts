import type { Plant } from "./plant.ts";

export const capacityOverrun: Plant = {
  name: "capacity-overrun",
  sentence: "One more episode runs at once than the executor has places for.",
  file: "engine/turns/asked-turns.ts",
  search: "return capacity === null || this.#away < capacity;",
  replace: "return capacity === null || this.#away <= capacity;",
  seed: 11,
};
