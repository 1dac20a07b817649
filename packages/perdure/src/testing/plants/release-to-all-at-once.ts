import type { Plant } from "./plant.ts";

export const releaseToAllAtOnce: Plant = {
  name: "release-to-all-at-once",
  sentence:
    "The release of a section goes to all of its entities at once: it overtakes a request that is still on its way, and that one locks for a holder that is gone.",
  file: "core/entity-actions.ts",
  search:
    '    { to: { instanceId: first }, message: { kind: "entityRelease", ts, ...sectionOf(state, lock.id), entities: lock.entities, at: 0 } },',
  replace: `    ...lock.entities.map((instanceId) => ({
      to: { instanceId },
      message: { kind: "entityRelease", ts, ...sectionOf(state, lock.id), entities: [instanceId], at: 0 },
    })),`,
  seed: 79,
};
