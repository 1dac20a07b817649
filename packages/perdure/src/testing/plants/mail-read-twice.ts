import type { Plant } from "./plant.ts";

export const mailReadTwice: Plant = {
  name: "mail-read-twice",
  sentence: "A row of the inbox that is in memory already is taken again.",
  file: "engine/claims/inbox-rows.ts",
  search: " || instance.mailbox.holds(row.seq)",
  replace: "",
  seed: 1,
};
