import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { AppThreads, Isolation } from "../../src/app-threads/app-threads.ts";
import { startAppThreads } from "../../src/app-threads/start-app-threads.ts";
import { executorSuite } from "../../src/executors/testing/executor.testsuite.ts";
import type { Executor, Lost } from "../../src/model/executor.ts";
import type { InstanceNo } from "../../src/model/ids.ts";
import type { Payload } from "../../src/model/payload.ts";
import { payload } from "../../src/model/payload.ts";
import { silentLog } from "../../src/telemetry/engine-log.ts";
import { setupOf } from "./testing/thread-app.ts";

const file = new URL("../../src/executors/testing/executor-functions.testsuite.ts", import.meta.url);
const logs = { log: silentLog, functionLog: silentLog };
const OPTIONS = { threads: 1, memoryMb: null, functionTimeoutMs: 60_000, ...logs };

/** What every executor must do, on app threads or processes. */
export function testExecutor(isolation: Isolation): void {
  let threads: AppThreads;
  before(async () => {
    threads = await startAppThreads({ ...OPTIONS, setup: setupOf(file, { maxPayloadBytes: 1_000 }), isolation });
  });
  after(async () => {
    const open = threads.runActivity({ ...OPEN, name: "WaitsForSignal" });
    await threads.close();
    assert.deepEqual((await open).kind, "lost", "what is open when it is closed is lost");
  });

  executorSuite(`app threads (${isolation})`, () => caseOf(threads));

  test(`app threads (${isolation}): of what an activity says without a pause the last is told, and few before it`, async () => {
    const heard: (Payload | null)[] = [];
    const stop = threads.onHeartbeat((_task, progress) => heard.push(progress));
    const result = await threads.runActivity({ ...OPEN, no: 10 as InstanceNo, name: "Floods", input: payload("50000") });
    stop();
    assert.equal(result.kind, "completed");
    assert.equal(heard.at(-1), "50000");
    assert.ok(heard.length < 5_000, `${heard.length} of 50,000 were told`);
  });

  test(`app threads (${isolation}): a file that cannot be loaded is an error that names it`, async () => {
    const setup = setupOf(new URL("no-such-app.ts", import.meta.url));
    await assert.rejects(startAppThreads({ ...OPTIONS, setup, isolation }), (error: Error) => {
      assert.match(error.message, /no-such-app\.ts" cannot be loaded/);
      assert.equal(Reflect.get(error, "code"), "APP_IMPORT_FAILED");
      return true;
    });
  });
}

const OPEN = {
  ...{ no: 9 as InstanceNo, generation: 0, eventId: 1, callId: 1, instanceId: "nine", alone: false, input: null, attempt: 1, seed: "s" },
  ...{ timeoutMs: null, progress: null, version: null, tags: null, trace: null },
} as unknown as Parameters<Executor["runActivity"]>[0];

/** One thread for all cases, each of which closes what it was given: what it had there is dropped, and it hears no more. */
function caseOf(inner: Executor): Executor {
  const CLOSED: Lost = { kind: "lost", atFault: false };
  const { promise: closed, resolve: close } = Promise.withResolvers<Lost>();
  const used = new Set<InstanceNo>();
  let isClosed = false;
  const open = <Request extends { readonly no: InstanceNo }, Answer>(request: Request, run: (request: Request) => Promise<Answer>) => {
    used.add(request.no);
    return isClosed ? closed : Promise.race([run(request), closed]);
  };
  return {
    offer: inner.offer,
    wantsRecorded: inner.wantsRecorded,
    onOffer: (listener) => inner.onOffer(listener),
    onHeartbeat: (listener) => inner.onHeartbeat(listener),
    runEpisode: (request) => open(request, (one) => inner.runEpisode(one)),
    runActivity: (request) => open(request, (one) => inner.runActivity(one)),
    runEntityBatch: (request) => open(request, (one) => inner.runEntityBatch(one)),
    abortEpisode: (episode, reason) => inner.abortEpisode(episode, reason),
    abortActivity: (task, reason) => inner.abortActivity(task, reason),
    forget: (no) => inner.forget(no),
    close: async () => {
      isClosed = true;
      close(CLOSED);
      for (const no of used) inner.forget(no);
    },
  };
}
