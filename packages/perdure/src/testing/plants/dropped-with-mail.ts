import type { Plant } from "./plant.ts";

export const droppedWithMail: Plant = {
  name: "dropped-with-mail",
  sentence: "The row of an empty entity is deleted although a message has come for it.",
  file: "stores/memory/release.ts",
  search: "(!asReady && tables.mailOf(no).length > 0)",
  replace: "(!asReady && drop !== true && tables.mailOf(no).length > 0)",
  seed: 78,
};
