import type { Plant } from "./plant.ts";

export const formerOwnerForgotten: Plant = {
  name: "former-owner-forgotten",
  sentence: "A message of an instance overtakes an earlier one that it has sent while another worker had it.",
  file: "engine/mail/mail-order.ts",
  search: "    return sender.mailbox.readSince <= this.#readAt && this.mayGoDirect(target);",
  replace: '    return sender.state.instanceId !== "" && this.mayGoDirect(target);',
  test: "engine/mail/mail-order.test.ts",
  seed: 1,
};
