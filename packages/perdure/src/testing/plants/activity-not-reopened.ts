import type { Plant } from "./plant.ts";

export const activityNotReopened: Plant = {
  name: "activity-not-reopened",
  sentence: "After a takeover the activities that were open are not started again.",
  file: "engine/load.ts",
  search: "if (!answered.has(scheduled.id) && !instance.rowTasks.has(scheduled.id)) reopen",
  replace: "if (answered.has(scheduled.id)) reopen",
  seed: 2,
};
