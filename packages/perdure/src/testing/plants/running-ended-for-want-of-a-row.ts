import type { Plant } from "./plant.ts";

export const runningEndedForWantOfARow: Plant = {
  name: "running-ended-for-want-of-a-row",
  sentence: "An activity whose new row waits in a refused batch is aborted as terminated, though its instance waits for it.",
  file: "engine/upkeep/running-activities.ts",
  search: [
    "if (withRow.length === 0 || !committer.isAtRest) return;",
    "    const rows = await parts.store.loadTasks(withRow.map((task) => task.request));",
    "    const alive = new Set(rows.map(taskKeyText));",
    "    for (const task of withRow) {",
    "      const { request } = task;",
    "      if (alive.has(taskKeyText(request))) continue;",
    '      const instance = await parts.store.getInstance(request.instanceId, "none");',
  ].join("\n"),
  replace: [
    "if (withRow.length === 0 || committer === null) return;",
    "    const rows = await parts.store.loadTasks(withRow.map((task) => task.request));",
    "    const alive = new Set(rows.map(taskKeyText));",
    "    for (const task of withRow) {",
    "      const { request } = task;",
    "      if (alive.has(taskKeyText(request))) continue;",
    "      const instance = null;",
  ].join("\n"),
  test: "../test/store-away/long-activity.test.ts",
  seed: 1,
};
