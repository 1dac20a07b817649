import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { DurableClient } from "perdure";
import { orchestrator } from "perdure";
import type { Mode, Stand, StoreKind } from "../testing/stand.ts";
import { openStand } from "../testing/stand.ts";

const waits = orchestrator("Waits", async (ctx) => {
  const first = await ctx.waitForExternalEvent<string>("go");
  return first + (await ctx.waitForExternalEvent<string>("more"));
});
const parent = orchestrator("Parent", (ctx) => ctx.callSubOrchestrator(waits, undefined, { instanceId: `${ctx.instanceId}.child` }));

interface Call {
  readonly what: string;
  readonly target: "one" | "child";
  readonly calls: readonly ((client: DurableClient, id: string) => Promise<void>)[];
}

const suspend = (client: DurableClient, id: string) => client.suspend(id, "an operator").catch(isEnded);
const resume = (client: DurableClient, id: string) => client.resume(id).catch(isEnded);
const terminate = (client: DurableClient, id: string) => client.terminate(id).catch(isEnded);
const raise = (client: DurableClient, id: string) => client.raiseEvent(id, "go", "a");

/** Every call is answered, also where nothing is left to change and nothing else happens in the hub. */
const CALLS: readonly Call[] = [
  { what: "suspend of a suspended one", target: "one", calls: [suspend, suspend] },
  { what: "suspend of a suspended child", target: "child", calls: [suspend, suspend] },
  { what: "resume of a running one", target: "one", calls: [resume] },
  { what: "resume of a resumed one", target: "one", calls: [suspend, resume, resume] },
  { what: "an event to a suspended one", target: "one", calls: [suspend, raise] },
  { what: "terminate of a terminated one", target: "one", calls: [terminate, terminate] },
  { what: "terminate of a suspended one, twice", target: "one", calls: [suspend, terminate, terminate] },
];

/** One stand for all calls: each has an instance of its own, which has ended before the next begins. */
export function answerCases(store: StoreKind, mode: Mode): void {
  describe(`a call that may change nothing is answered: ${store}, ${mode}`, () => {
    let stand: Stand;
    before(async () => {
      const engine = { idleReleaseMs: 60_000, sweepEveryMs: 60_000 };
      stand = await openStand({ store, mode, functions: [waits, parent], engine });
    });
    for (const [number, { what, target, calls }] of CALLS.entries()) {
      test(what, async () => {
        const first = `${number}`;
        const id = target === "child" ? `${first}.child` : first;
        await stand.client.startNew(target === "child" ? parent : waits, { instanceId: first });
        await stand.untilStatus(id, "Running");
        for (const [position, call] of calls.entries()) await answered(call(stand.client, id), `call ${position} (${what})`);
        await atOnce(stand, id, calls);
        await terminate(stand.client, first);
        await terminate(stand.client, id);
      });
    }
    after(() => stand.close());
  });
}

/** The same in one turn: the second call is there before the first is durable. */
async function atOnce(stand: Stand, target: string, calls: Call["calls"]): Promise<void> {
  const status = await stand.client.getStatus(target);
  if (status === null || status.runtimeStatus === "Terminated" || status.runtimeStatus === "Completed") return;
  await answered(Promise.all(calls.map((call) => call(stand.client, target))), "all at once");
}

/** What has ended takes no more, and says so: that is an answer too. */
function isEnded(error: unknown): void {
  assert.equal((error as { readonly code?: string }).code, "INSTANCE_DONE");
}

async function answered(call: Promise<unknown>, what: string): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not answered within 10 s: ${what}`)), 10_000);
  });
  await Promise.race([call, late]).finally(() => clearTimeout(timer));
}
