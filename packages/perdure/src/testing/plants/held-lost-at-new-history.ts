import type { Plant } from "./plant.ts";

export const heldLostAtNewHistory: Plant = {
  name: "held-lost-at-new-history",
  sentence: "What an entity holds is dropped when its history grows too long and a new one begins.",
  file: "core/entity-held.ts",
  search: "    return { events: [...kept, ...held], fresh: true };",
  replace: "    return { events: kept.slice(0, 0).concat(held), fresh: true };",
  seed: 22,
};
