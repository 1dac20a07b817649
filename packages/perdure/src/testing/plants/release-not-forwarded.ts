import type { Plant } from "./plant.ts";

export const releaseNotForwarded: Plant = {
  name: "release-not-forwarded",
  sentence: "The first entity of a section does not send the release on: the others stay locked.",
  file: "core/entity-commit.ts",
  search: "    if (next === undefined) return false;",
  replace: '    if (next === undefined || message.kind === "entityRelease") return false;',
  seed: 3,
};
