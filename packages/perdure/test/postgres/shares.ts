import assert from "node:assert/strict";
import { instanceId } from "../../src/model/ids.ts";
import type { Act, Scene } from "./troubles.ts";

const LEAST_SHARE = 0.15;

/** How much there is to share. */
export interface Crowd {
  readonly instances: number;
  /** Computing time of each of their activities, ms. */
  readonly ms: number;
}
const LIMIT_MS = 20_000;
/**
 * On a machine with much else to do a process may get no time while the others do all of a crowd: seen once beside the whole gate. A worker that takes nothing
 * does so in each turn. What is not done right, or not in time, fails the first.
 */
const TURNS = 3;

/** Everything is started by way of one worker; the rows say that each of them has ended its part of the instances and of the tasks. */
export const shares =
  (size: Crowd): Act =>
  async (scene, rounds) => {
    await acquainted(scene);
    for (let turn = 1; ; turn++) {
      const ended: (readonly [owner: string, runner: string])[] = [];
      for (let n = 0; n < rounds; n++) ended.push(...(await crowd(scene, `crowd-${turn}-${n}`, size)));
      const parts = {
        instances: partsOf(
          scene,
          ended.map(([owner]) => owner),
        ),
        tasks: partsOf(
          scene,
          ended.map(([, runner]) => runner),
        ),
      };
      const [instances, tasks] = [Math.min(...parts.instances), Math.min(...parts.tasks)];
      if (Math.min(instances, tasks) >= LEAST_SHARE) return { instances, tasks };
      assert.ok(turn < TURNS, `of ${ended.length}: ${JSON.stringify(parts)}`);
    }
  };

/** Workers leave work to others once they have heard of them, which takes a renewal or two. */
async function acquainted({ watch }: Scene): Promise<void> {
  const read = async () => (await watch.store.readWorkers()).workers;
  const seen = new Map((await read()).map(({ worker, renewals }) => [worker, renewals]));
  const isKnown = async () => (await read()).every(({ worker, renewals, load }) => load !== null && renewals > (seen.get(worker) ?? 0) + 1);
  await watch.until("they know of each other", isKnown, LIMIT_MS);
}

/** Who ended each instance, and who its activity. */
async function crowd({ fleet, watch }: Scene, id: string, { instances, ms }: Crowd): Promise<readonly (readonly [string, string])[]> {
  const response = await fetch(`http://127.0.0.1:${fleet.ports[0]}/runtime/webhooks/durabletask/orchestrators/crowd/${id}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ count: instances, ms }),
  });
  assert.equal(response.status, 202, await response.text());
  await watch.until(`${id} has ended`, async () => (await watch.store.getInstance(instanceId(id), "none"))?.completedAt, LIMIT_MS);
  const parts = (await watch.store.dump()).instances.filter(({ name, parent }) => name === "part" && parent?.instanceId === id);
  assert.equal(parts.length, instances);
  return parts.map(({ output }) => JSON.parse(output ?? "[]") as [string, string]);
}

/** Of each worker. */
function partsOf({ fleet }: Scene, names: readonly string[]): readonly number[] {
  return fleet.names.map((who) => names.filter((name) => name === who).length / names.length);
}
