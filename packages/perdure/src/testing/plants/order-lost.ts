import type { Plant } from "./plant.ts";

export const orderLost: Plant = {
  name: "order-lost",
  sentence: "A message overtakes an earlier one of its sender that lies unread in the inbox.",
  file: "engine/mail/mail-order.ts",
  search: "    return !this.#unread.has(target) && !this.#onTheWay.has(target.state.instanceId);",
  replace: '    return target.state.instanceId !== "";',
  seed: 634,
};
