import type { Plant } from "./plant.ts";

export const slotNotCounted: Plant = {
  name: "slot-not-counted",
  sentence: "The slot that was just given does not count: one more call of a key runs than may.",
  file: "stores/memory/tasks.ts",
  search: "if (held >= (task.slot?.limit ?? 0)) break;",
  replace: "if (held > (task.slot?.limit ?? 0)) break;",
  seed: 1,
};
