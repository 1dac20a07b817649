import type { AppThreads } from "../../app-threads/app-threads.ts";
import { isLiveAt } from "../../client/waiting-for.ts";
import { realClock } from "../../process/real-time.ts";
import { processName } from "../../task-hub/process-name.ts";
import type { Host } from "../host.ts";
import { counted } from "../render.ts";
import type { DevLog } from "./dev-log.ts";

/** What runs the app is ended as a crash would end it. The hub stays, and another thread continues from what was recorded. */
export async function killApp(threads: AppThreads, host: Host, isolation: "thread" | "process", log: DevLog): Promise<void> {
  const at = host.hub.now;
  const began = realClock.monotonicMs();
  const { threads: killed, calls, replaced } = threads.kill();
  if (killed === 0) {
    log.say("info", "dev.killed", `The ${isolation} of the app is about to start: there is nothing to kill yet.`, { calls });
    return;
  }
  const what = killed === 1 ? `the ${isolation} that runs the app` : `all ${killed} that run the app`;
  log.say("warn", "dev.killed", `Killed ${what}, in the middle of ${counted(calls, "call")}.`, { calls });
  const worker = await workerOf(host);
  if (worker !== null) host.console?.tell({ kind: "killed", at, worker });
  await replaced;
  const milliseconds = Math.round(realClock.monotonicMs() - began);
  const message = `Another ${isolation} took over after ${milliseconds} ms. Nothing is lost: instances continue from what was recorded.`;
  log.say("info", "dev.took-over", message, { milliseconds });
}

/** Number of the worker of this process; null: the store is away, or it has just lost its row. */
async function workerOf({ store }: Host): Promise<number | null> {
  try {
    const { now, workers } = await store.readWorkers();
    return workers.find((row) => row.host === processName() && isLiveAt(row, now))?.worker ?? null;
  } catch {
    return null;
  }
}
