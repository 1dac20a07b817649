import type { Plant } from "./plant.ts";

export const wakeReasonNotWritten: Plant = {
  name: "wake-reason-not-written",
  sentence: "An instance whose activities live in its owner's memory only is recorded as having nothing to do.",
  file: "core/next-wake.ts",
  search: '  if (!isFreshlyEdited(state) && hasLocalActivity(state, withRow)) return "now";',
  replace: "",
  seed: 2,
};
