import type { Plant } from "./plant.ts";

export const twoEpisodesAtOnce: Plant = {
  name: "two-episodes-at-once",
  sentence: "An instance begins an episode while another of it is under way: its answer is late, and both record what they were given.",
  file: "engine/instances/instance.ts",
  search: '    if (this.phase !== "idle" && !(this.phase === "held" && this.mailbox.hasEnd)) return false;\n',
  replace:
    '    if (this.running) this.move("idle");\n    if (this.phase !== "idle" && !(this.phase === "held" && this.mailbox.hasEnd)) return false;\n',
  seed: 3,
};
