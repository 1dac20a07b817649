import type { Plant } from "./plant.ts";

export const inputsNotCompared: Plant = {
  name: "inputs-not-compared",
  sentence: "After an edit the history is replayed without comparing inputs: what hung on the old value stays.",
  file: "replay/cursor/cursor.ts",
  search: "this.call.ledger.comparesInputs = true",
  replace: "this.call.ledger.comparesInputs = false",
  seed: 1,
};
