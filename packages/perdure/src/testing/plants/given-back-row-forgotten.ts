import type { Plant } from "./plant.ts";

export const givenBackRowForgotten: Plant = {
  name: "given-back-row-forgotten",
  sentence: "A worker that has no place for a task drops it, and its row stays claimed: no worker ever runs it.",
  file: "engine/tasks/activity-rows.ts",
  search: "    this.giveBack({ no, generation, eventId, attempts, crashes: task.crashes });",
  replace: "",
  seed: 24,
};
