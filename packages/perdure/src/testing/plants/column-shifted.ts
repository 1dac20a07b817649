import type { Plant } from "./plant.ts";

export const columnShifted: Plant = {
  name: "column-shifted",
  sentence: "The packer of a row puts the strings of an instance one column further than the reader looks for them.",
  file: "stores/sqlite/write/flat-rows.ts",
  search: "strings.push((stringsOf[place] as (row: Row) => string | null)(row));",
  replace: "strings.push((stringsOf[(place + 1) % stringsOf.length] as (row: Row) => string | null)(row));",
  store: "sqlite",
  seed: 34,
};
