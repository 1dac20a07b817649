import type { Plant } from "./plant.ts";

export const historyNotCut: Plant = {
  name: "history-not-cut",
  sentence: "A rewound instance whose code goes another way than its history is stopped in place of cut.",
  file: "engine/episodes/history-cuts.ts",
  search: "if (from < 1 || from > state.episodes) return false;",
  replace: "if (from > 0) return false;",
  seed: 1,
};
