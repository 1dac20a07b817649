import type { Plant } from "./plant.ts";

export const messageIdsForgotten: Plant = {
  name: "message-ids-forgotten",
  sentence: "A message that a sender repeats counts again once its target has continued as new.",
  file: "core/message-ids.ts",
  search: "  const ids = new Map(state.messageIds);",
  replace: "  const ids = new Map<string, number>(); if (state.generation >= 0) return [];",
  seed: 155,
};
