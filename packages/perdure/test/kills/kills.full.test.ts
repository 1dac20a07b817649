// `node -C perdure-source packages/perdure/test/kills/kills.full.test.ts --kills 1000 --seed 7` runs it with other numbers.
import { test } from "node:test";
import { parseArgs } from "node:util";
import { runKills } from "./kills.ts";

const { values } = parseArgs({
  options: { kills: { type: "string", default: "200" }, seed: { type: "string", default: "1" } },
  strict: false,
});
const options = { kills: Number(values.kills), seed: Number(values.seed) };

test(`a host killed ${options.kills} times (seed ${options.seed}) loses nothing that it acknowledged`, async (t) => {
  t.diagnostic(JSON.stringify(await runKills(options)));
});
