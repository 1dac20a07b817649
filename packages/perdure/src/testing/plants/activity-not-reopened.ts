import type { Plant } from "./plant.ts";

export const activityNotReopened: Plant = {
  name: "activity-not-reopened",
  sentence: "After a takeover the activities that were open are not started again.",
  file: "engine/tasks/open-activities.ts",
  search: "if (message === undefined) this.#begin(instance, scheduled);\n      else instance.mailbox.put",
  replace: "if (message !== undefined) instance.mailbox.put",
  seed: 3,
};
