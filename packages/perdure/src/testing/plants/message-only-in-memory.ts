import type { Plant } from "./plant.ts";

export const messageOnlyInMemory: Plant = {
  name: "message-only-in-memory",
  sentence: "A message between two instances of one worker is in no row when its sender is durable (the seal rule).",
  file: "engine/commits/outgoing.ts",
  search: "      if (entry.mail.gathered) continue;",
  replace: "      if (entry.mail.seq === null) continue;",
  seed: 5,
};
