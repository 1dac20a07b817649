import type { Plant } from "./plant.ts";

export const eventLostAtCut: Plant = {
  name: "event-lost-at-cut",
  sentence: "External events that came in the part that a rewind takes back are lost.",
  file: "core/rewind.ts",
  search: 'event.kind === "EventRaised" || event.kind === "MessageIdsKept"',
  replace: 'event.kind === "MessageIdsKept"',
  seed: 9,
};
