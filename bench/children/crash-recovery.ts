import type { LogEntry } from "perdure";
import { activity, orchestrator, TaskHub } from "perdure";
import { childArgument, nextMessage, runChild, tellParent } from "../lib/child.ts";
import { rssMiB } from "../lib/load.ts";

/** Two processes of the scenario `crash-recovery`: one that is killed while all of it runs, and the one that takes over. */
export interface CrashRecoveryArgument {
  readonly role: "victim" | "heir";
  readonly storeUrl: string;
  readonly count: number;
  readonly activityMs: number;
}

/** From the victim, once the activity of each instance runs. */
export interface InHand {
  readonly inHand: number;
}

export interface Recovered {
  /** ms since 1970: when its code began to run, when it declared the victim dead (null: it did not have to), when the last instance had ended. */
  readonly beganAt: number;
  readonly deadAt: number | null;
  readonly endedAt: number;
  readonly rssMiB: number;
}

const LOOK_EVERY_MS = 50;
/** All that was asked for is durable by then. */
const SETTLED_MS = 300;

const beganAt = Date.now();

await runChild(async () => {
  const { role, storeUrl, count, activityMs } = childArgument<CrashRecoveryArgument>();
  let asked = 0;
  // The victim's never end: it is killed with all of them running, the line included.
  const work = activity("work", (_: null) => pause(role === "victim" ? 3_600_000 : activityMs));
  const flow = orchestrator("flow", (ctx) => {
    asked += 1;
    return ctx.callActivity(work, null);
  });
  let deadAt: number | null = null;
  const hear = (entry: LogEntry) => {
    if (entry.event === "worker.dead") deadAt ??= Date.now();
  };
  const log = { enabled: () => true, write: hear };
  const hub = await TaskHub.open(storeUrl, { functions: [flow, work], log });
  await hub.start();
  if (role === "victim") {
    await Promise.all(Array.from({ length: count }, () => hub.client.startNew(flow)));
    while (asked < count) await pause(LOOK_EVERY_MS);
    await pause(SETTLED_MS);
    await tellParent({ inHand: asked } satisfies InHand);
    await nextMessage(); // does not come
    return;
  }
  while (await hasOpen(hub)) await pause(LOOK_EVERY_MS);
  await tellParent({ beganAt, deadAt, endedAt: Date.now(), rssMiB: rssMiB() } satisfies Recovered);
  await hub.close();
});

async function hasOpen(hub: TaskHub): Promise<boolean> {
  for await (const _ of hub.client.query({ runtimeStatus: ["Pending", "Running"], pageSize: 1 })) return true;
  return false;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
