import type { Plant } from "./plant.ts";

export const staleAnswerAccepted: Plant = {
  name: "stale-answer-accepted",
  sentence: "A rewound instance takes answers to calls that were taken back, for those that have got their numbers.",
  file: "core/edit-mark.ts",
  search: "upTo: eventId(Math.min(one.upTo, last))",
  replace: "upTo: eventId(Math.max(one.upTo, last) + 1)",
  seed: 1,
};
