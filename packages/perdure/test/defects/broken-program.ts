// A worker whose store answers what the contract does not allow, so that the engine's own code throws behind the door that is named.

import { activity, orchestrator } from "perdure";
import { createWorker } from "../../src/engine/worker.ts";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import { executionId, instanceId } from "../../src/model/ids.ts";
import { realClock, realIds, realScheduler } from "../../src/process/real-time.ts";
import { installDeterministicGlobals } from "../../src/replay/globals/deterministic-globals.ts";
import { createMemoryStore } from "../../src/stores/memory/memory-store.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";

const [door] = process.argv.slice(2);
const garbage = (): never => undefined as never;
const isBroken = (name: string) => isStarted && name === door;
let isStarted = false;

const scheduler = realScheduler(true);
const functions = new FunctionRegistry([orchestrator("asks", (ctx) => ctx.callActivity("work")), activity("work", () => "done")]);
const executor = createNativeExecutor({ functions, scheduler });
const store = interceptStore(createMemoryStore({ now: Date.now }), async (method, call) => {
  const answer = await call();
  return isBroken(method) ? garbage() : answer;
});
const clock = {
  ...realClock,
  monotonicMs: () => (isBroken("timer") ? (garbage() as { readonly ms: number }).ms : realClock.monotonicMs()),
};
const log = { enabled: () => true, write: ({ event }: { readonly event: string }) => void process.stdout.write(`${event}\n`) };
const worker = createWorker(
  { store, executor, clock, scheduler, ids: realIds(), log, host: "here", codeVersion: "v1" },
  { renewEveryMs: 200, leaseMs: 1_000, pollEveryMs: 200, sweepEveryMs: 200, longActivityMs: 0 },
);

// A program that keeps going at any price does not keep an engine going that is half through something.
process.on("unhandledRejection", () => process.stdout.write("unhandledRejection\n"));
installDeterministicGlobals(); // as every hub does
await worker.start();
isStarted = true;
if (!isBroken("timer")) startOne();
setTimeout(() => {
  process.stdout.write("still there\n");
  process.exit(0);
}, 3_000);

function startOne(): void {
  const start = {
    instanceId: instanceId("one"),
    name: "asks",
    executionId: executionId("e"),
    input: null,
    version: null,
    tags: null,
    parent: null,
    startAt: null,
  };
  worker.startInstance({ start, onExisting: "error", minted: false, isRepeat: false }).catch(() => {});
}
