import type { Plant } from "./plant.ts";

export const timerEarly: Plant = {
  name: "timer-early",
  sentence: "A timer that is due within 30 ms fires together with whatever else comes in.",
  file: "core/receive.ts",
  search: "first !== undefined && first[1] <= time;",
  replace: "first !== undefined && first[1] - 30 <= time;",
  seed: 52,
};
