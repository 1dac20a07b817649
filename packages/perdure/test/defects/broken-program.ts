// A worker whose executor or store answers what the contract does not allow, so that the engine's own code throws behind the door that is named.

import { activity, orchestrator } from "perdure";
import { createWorker } from "../../src/engine/worker.ts";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import type { Executor } from "../../src/model/executor.ts";
import { executionId, instanceId } from "../../src/model/ids.ts";
import { realClock, realIds, realScheduler } from "../../src/process/real-time.ts";
import { installDeterministicGlobals } from "../../src/replay/globals/deterministic-globals.ts";
import { createMemoryStore } from "../../src/stores/memory/memory-store.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";

const [door] = process.argv.slice(2);
const garbage = (): never => undefined as never;
const isBroken = (name: string) => name === door;
let isStarted = false;

const scheduler = realScheduler(true);
const functions = new FunctionRegistry([orchestrator("asks", (ctx) => ctx.callActivity("work")), activity("work", () => "done")]);
const native = createNativeExecutor({ functions, scheduler });
const wrapped = wrapExecutor(native, {
  runEpisode: (request) => (isBroken("episode") ? Promise.resolve(garbage()) : native.runEpisode(request)),
  runActivity: (request) => (isBroken("activity") ? Promise.resolve(garbage()) : native.runActivity(request)),
});
const executor: Executor = Object.create(wrapped, { offer: { get: () => (isStarted && isBroken("timer") ? garbage() : native.offer) } });
const memory = createMemoryStore({ now: Date.now });
const store = interceptStore(memory, async (method, call) => {
  const answer = await call();
  return isStarted && isBroken("commit") && method === "commit" ? garbage() : answer;
});
const log = { enabled: () => true, write: ({ event }: { readonly event: string }) => void process.stdout.write(`${event}\n`) };
const worker = createWorker({
  store,
  executor,
  clock: realClock,
  scheduler,
  ids: realIds(),
  log,
  host: "here",
  codeVersion: "v1",
});

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
