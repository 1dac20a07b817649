import type { Plant } from "./plant.ts";

export const noDeduplication: Plant = {
  name: "no-deduplication",
  sentence: "An event that a sender repeated under the same message id is recorded again.",
  file: "core/receive.ts",
  search: "if (this.#state.messageIds.has(messageId) || this.#messageIds.has(messageId)) return;",
  replace: "",
  seed: 20,
};
