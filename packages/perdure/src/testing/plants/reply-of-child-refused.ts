import type { Plant } from "./plant.ts";

export const replyOfChildRefused: Plant = {
  name: "reply-of-child-refused",
  sentence: "An instance that was rewound does not take the answer of a child that was running meanwhile.",
  file: "core/edited.ts",
  search: "edit?.mark.replies.some((accepted) => answers(accepted, reply)) === true",
  replace: "false",
  seed: 4,
};
