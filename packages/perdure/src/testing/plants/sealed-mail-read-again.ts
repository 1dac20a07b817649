import type { Plant } from "./plant.ts";

export const sealedMailReadAgain: Plant = {
  name: "sealed-mail-read-again",
  sentence:
    "Mail of the batch in flight is read from the store before the answer says under which numbers it lies there, and delivered again.",
  file: "engine/claims/inbox-rows.ts",
  search: "instance.mailbox.isUnnumbered",
  replace: "instance.gone",
  seed: 3,
};
