import type { Plant } from "./plant.ts";

export const unreadLostAtFailure: Plant = {
  name: "unread-lost-at-failure",
  sentence:
    "Events that were accepted while the last episode of an instance ran are lost when it fails, so a rewind does not bring them back.",
  file: "stores/memory/upkeep.ts",
  search: "row === undefined ? [] : mail",
  replace: "row === undefined ? [] : mail.slice(1_000)",
  test: "../test/stores/memory/memory-store.test.ts",
  seed: 1,
};
