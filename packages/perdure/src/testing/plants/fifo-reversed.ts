import type { Plant } from "./plant.ts";

export const fifoReversed: Plant = {
  name: "fifo-reversed",
  sentence: "Events that wait are handed out newest first.",
  file: "replay/tasks/event-box.ts",
  search: "const first = queue?.arrived[queue.head];",
  replace: "const first = queue?.arrived.at(-1);",
  seed: 3,
};
