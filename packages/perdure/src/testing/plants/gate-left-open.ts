import type { Plant } from "./plant.ts";

export const gateLeftOpen: Plant = {
  name: "gate-left-open",
  sentence: "An instance whose id a user chose runs before its creation is durable.",
  file: "engine/instances/instance.ts",
  search: 'new Life(gated ? "gated" : "idle", state.instanceId)',
  replace: 'new Life(gated && false ? "gated" : "idle", state.instanceId)',
  seed: 1,
};
