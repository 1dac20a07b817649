import type { Plant } from "./plant.ts";

export const mailReadTwice: Plant = {
  name: "mail-read-twice",
  sentence: "A row of the inbox that is in memory already is taken again.",
  file: "engine/claims/inbox-rows.ts",
  search: "      if (instance.mailbox.holds(row.seq)) {",
  replace: "      if (instance.mailbox.holds(row.seq) && row.seq < 0) {",
  seed: 1,
};
