import type { Plant } from "./plant.ts";

export const commitRedone: Plant = {
  name: "commit-redone",
  sentence: "A commit whose answer was lost is sent again without reading whether it was written.",
  file: "engine/recovery/unknown-outcome.ts",
  search: "if (marker === null) this.#sendAgain(batch, commit);",
  replace: "if (marker === null || marker !== null) this.#sendAgain(batch, commit);",
  seed: 23,
};
