import type { Plant } from "./plant.ts";

export const inboxNotReadFirst: Plant = {
  name: "inbox-not-read-first",
  sentence: "A client's message overtakes an earlier one that it has sent by another process.",
  file: "engine/mail/behind-the-inbox.ts",
  search: "    if (before === 0 && table.byId(op.instanceId) === undefined) return false; // it becomes a row itself",
  replace: "    if (before === 0 && table.byId(op.instanceId) !== null) return false;",
  seed: 19,
};
