import type { Plant } from "./plant.ts";

export const memberWithoutPlaceAsked: Plant = {
  name: "member-without-place-asked",
  sentence: "A group asks members that have said that they have no place.",
  file: "executors/executor-group.ts",
  search: "if (!member.offer[kind].ready) continue;",
  replace: "",
  seed: 12,
};
