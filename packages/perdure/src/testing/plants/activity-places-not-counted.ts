import type { Plant } from "./plant.ts";

export const activityPlacesNotCounted: Plant = {
  name: "activity-places-not-counted",
  sentence: "Activities fill what the settings allow, however few places the executor has.",
  file: "engine/activities/places.ts",
  search: "return capacity === null ? this.#most : Math.min(capacity, this.#most);",
  replace: "return capacity === null ? this.#most : Math.max(capacity, this.#most);",
  seed: 11,
};
