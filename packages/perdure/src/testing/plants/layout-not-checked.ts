import type { Plant } from "./plant.ts";

export const layoutNotChecked: Plant = {
  name: "layout-not-checked",
  sentence: "The writer's thread takes commits of a release whose rows have other columns, and writes one column's value into another.",
  file: "stores/sqlite/thread/writer-thread.ts",
  search: "checkLayout(layout);",
  replace: "void layout;",
  test: "../test/stores/sqlite/other-thread.test.ts",
  seed: 1,
};
