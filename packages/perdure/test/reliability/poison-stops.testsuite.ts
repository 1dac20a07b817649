import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { PerdureError } from "perdure";
import { Field, SHORT_LEASE } from "../testing/child.ts";
import { childApp, ledgerOf } from "../testing/child-app.ts";
import type { Stand } from "../testing/stand.ts";
import { openStand } from "../testing/stand.ts";

/** A stand on the file of that field. */
export const here = (field: Field, workers = 1): Promise<Stand> =>
  openStand({ store: "sqlite thread", file: field.file, functions: childApp(field.folder, "here"), engine: SHORT_LEASE, workers });

/**
 * Beside the poison instance, which is started already, neighbours. One process after the other runs them, until one lives to see the poison
 * one stopped: the neighbours finish in it. The deaths until then are counted.
 */
async function stoppedAsPoison(field: Field, watch: Stand, poison: string) {
  const neighbours = Array.from({ length: 5 }, (_, n) => `neighbour-${n}`);
  for (const id of neighbours) await watch.client.startNew("records", { instanceId: id, input: 3 });
  const stopped = async () => (await watch.client.getStatus(poison))?.stopped ?? null;
  let deaths = 0;
  for (let host = field.host("child"); ; host = field.host("child")) {
    while (host.isRunning && (await stopped()) === null) await sleep(40);
    if (host.isRunning) {
      for (const id of neighbours) await watch.expectEnd(id, "Completed", 3);
      await host.kill();
      return { deaths, reason: await stopped() };
    }
    deaths += 1;
    assert.ok(deaths < 15, `not stopped after ${deaths} deaths`);
  }
}

/** It does no harm any more when its gate is open, and continues from where it was. */
async function fixedAndResumed(field: Field, watch: Stand, id: string): Promise<void> {
  field.open(id);
  const fixed = field.host("fixed");
  await fixed.ready();
  // Its code is the same as before for all that Perdure can see, so nothing runs before a resume.
  assert.match((await watch.client.getStatus(id))?.stopped?.code ?? "", /POISON/);
  await watch.client.resume(id).catch((error: unknown) => {
    if (!(error instanceof PerdureError && error.code === "INSTANCE_DONE")) throw error;
  });
  await watch.expectEnd(id, "Completed", "survived");
  await fixed.kill();
}

export function deadlyActivityCase(): void {
  test("case 34: an activity that ends its process again and again is stopped as poison, its neighbours finish", {
    timeout: 60_000,
  }, async () => {
    await using field = new Field();
    await using watch = await here(field, 0);
    await watch.client.startNew("dies", { instanceId: "deadly", input: "exit" });
    const { deaths, reason } = await stoppedAsPoison(field, watch, "deadly");
    assert.match(reason?.code ?? "", /POISON/);
    assert.match(reason?.message ?? "", /deadly/);
    assert.equal(ledgerOf(field.folder, "runs").count("deadly"), deaths);
    await fixedAndResumed(field, watch, "deadly");
  });
}

export function deadlyOrchestratorCase(): void {
  test("case 34: an orchestrator that ends its process is stopped as poison after six deaths, its neighbours finish", {
    timeout: 60_000,
  }, async () => {
    await using field = new Field();
    await using watch = await here(field, 0);
    await watch.client.startNew("kills", { instanceId: "poison" }); // the first in line: no turn comes before its own
    const { deaths, reason } = await stoppedAsPoison(field, watch, "poison");
    assert.equal(reason?.code, "INSTANCE_POISON");
    assert.equal(deaths, 6);
    await fixedAndResumed(field, watch, "poison");
  });
}
