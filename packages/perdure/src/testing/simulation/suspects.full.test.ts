import assert from "node:assert/strict";
import test from "node:test";
import { MAX_CRASHES } from "../../engine/crashes/suspicion.ts";
import { runRecovery } from "./recovery-run.ts";

for (const poison of ["kills", "killsByActivity", "killsLate"] as const) {
  test(`among 2,500 instances with a running activity one that ${poison} is stopped as poison after ${MAX_CRASHES} deaths, and no other`, async () => {
    const { problems, deaths } = await runRecovery(1, { store: "memory", bystanders: 2_500, poison: [poison], nodes: 1, recycled: false });
    assert.deepEqual(problems, []);
    assert.equal(deaths, MAX_CRASHES);
  });
}

for (const poison of ["killsByActivity", "killsLate"] as const) {
  test(`among 256 instances with a running activity one that ${poison} is stopped as poison by two processes, and no other`, async () => {
    const { problems, deaths } = await runRecovery(1, { store: "memory", bystanders: 256, poison: [poison], nodes: 2, recycled: false });
    assert.deepEqual(problems, []);
    assert.equal(deaths, MAX_CRASHES);
  });
}

for (const [store, poison] of [
  ["memory", "kills"],
  ["memory", "killsBeside"],
  ["sqlite", "killsByActivity"],
] as const) {
  test(`among 256 instances with a running activity one that ${poison} is stopped as poison within 100 s, and no other: ${store}`, async () => {
    const { problems, deaths, tookMs } = await runRecovery(1, { store, bystanders: 256, poison: [poison], nodes: 1, recycled: false });
    assert.deepEqual(problems, []);
    assert.equal(deaths, MAX_CRASHES);
    assert.ok(tookMs < 100_000, `${tookMs} ms`);
  });
}
