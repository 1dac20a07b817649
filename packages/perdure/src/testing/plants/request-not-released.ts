import type { Plant } from "./plant.ts";

export const requestNotReleased: Plant = {
  name: "request-not-released",
  sentence: "A section that is only asked for is not released: the request locks its entities after its holder has ended.",
  file: "core/entity-actions.ts",
  search: "  if (lock === null || first === undefined) return NO_MESSAGES;",
  replace: "  if (lock === null || !lock.granted || first === undefined) return NO_MESSAGES;",
  seed: 3,
};
