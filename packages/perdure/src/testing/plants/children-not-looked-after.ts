import type { Plant } from "./plant.ts";

export const childrenNotLookedAfter: Plant = {
  name: "children-not-looked-after",
  sentence: "The children of a rewound instance are not looked at: one that ended meanwhile, or is gone, never answers.",
  file: "engine/ownership/edited-children.ts",
  search: "if (edited !== null && edited.state.children.size > 0)",
  replace: "if (edited !== null && edited.state.children.size > 1_000)",
  seed: 214,
};
