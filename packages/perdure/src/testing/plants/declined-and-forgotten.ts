import type { Plant } from "./plant.ts";

export const declinedAndForgotten: Plant = {
  name: "declined-and-forgotten",
  sentence: "An episode that no place took is not delivered again: the instance waits for ever.",
  file: "engine/episodes/redelivery.ts",
  search: "this.#declined.again(this.#pauseOf(result), (isEarly) => this.#afterDeclined(instance, result.elsewhere && !isEarly));",
  replace: "",
  seed: 19,
};
