import type { Plant } from "./plant.ts";

export const noFenceCheck: Plant = {
  name: "no-fence-check",
  sentence: "The store takes a commit of a worker that was declared dead, or under a fence that was changed.",
  file: "stores/memory/commit.ts",
  search: 'if (tables.workers.get(worker)?.fence !== fence) throw new StoreRefusalError({ kind: "fenced" });',
  replace: "void fence;",
  seed: 1,
};
