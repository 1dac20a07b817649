import type { Plant } from "./plant.ts";

export const eventLostAtContinueAsNew: Plant = {
  name: "event-lost-at-continue-as-new",
  sentence: "Events that were not waited for are dropped when an orchestrator continues as new.",
  file: "replay/cursor/orchestrator-call.ts",
  search: "carryOver: this.events.leftover()",
  replace: "carryOver: []",
  seed: 20,
};
