import type { Plant } from "./plant.ts";

export const lockKeptAtTerminate: Plant = {
  name: "lock-kept-at-terminate",
  sentence: "An orchestration that is terminated inside a section does not release it.",
  file: "core/apply-episode.ts",
  search: "  const messages: Outgoing[] = [...releaseOf(state, lockAfter(state, reception.events), ts)];",
  replace: "  const messages: Outgoing[] = [];",
  seed: 3,
};
