import type { Plant } from "./plant.ts";

export const dueEarly: Plant = {
  name: "due-early",
  sentence: "A signal that was sent ahead of its time runs before it is due.",
  file: "core/entity-plan.ts",
  search: "    const until = Math.min(ts, this.#now);",
  replace: "    const until = Math.min(ts, this.#now) + 400;",
  seed: 22,
};
