import { withClient } from "../../packages/perdure/src/testing/postgres/databases.ts";
import type { Raised, RemoteEventArgument, RemoteEventCommand, RemoteEventReady, Waiting } from "../children/remote-event.ts";
import { Child } from "../lib/child.ts";
import { runRounds } from "../lib/load.ts";
import { countOwnedBy, useHubSchema } from "../lib/postgres/hub-schema.ts";
import type { Measured } from "../lib/record.ts";
import type { ProcessRequest, ProcessScenario, Results, Target } from "../lib/scenario.ts";
import { atMost } from "../lib/scenario.ts";
import { latenciesOf } from "../lib/stats.ts";

const SECONDS = 10;
/** Raised one after another within a second or two: no worker has released an idle one meanwhile. */
const EVENTS_PER_LANE = 50;

export const remoteEvent: ProcessScenario = {
  kind: "process",
  name: "remote-event",
  summary: "an event raised on one worker for an instance of another, to the result in the raiser's hands",
  stores: ["sqlite", "postgres"],
  levels: [1],
  levelMeans: "events on their way at once",
  defaultRuns: 3,
  durationMeans: `measured seconds of each run (default ${SECONDS})`,
  canDelayCommits: false,
  rate: "eventsPerSecond",
  noPeers: "it is about two processes of ours",
  measure,
  targets,
};

async function measure(request: ProcessRequest): Promise<Measured> {
  const storeUrl = await request.freshStore();
  const spawn = (role: RemoteEventArgument["role"]): Child =>
    new Child("children/remote-event.ts", { role, storeUrl } satisfies RemoteEventArgument);
  const owner = spawn("owner");
  const raiser = spawn("raiser");
  try {
    const { fsync } = await owner.next<RemoteEventReady>();
    await raiser.next<RemoteEventReady>();
    let rssMiB = 0;
    const round = async (): Promise<readonly number[]> => {
      const start: RemoteEventCommand = { kind: "start", count: EVENTS_PER_LANE * request.inFlight };
      const { instanceIds } = await owner.call<Waiting>(start);
      if (request.store === "postgres") await checkOwned(storeUrl, owner.pid, instanceIds);
      const raise: RemoteEventCommand = { kind: "raise", instanceIds, inFlight: request.inFlight };
      const raised = await raiser.call<Raised>(raise);
      rssMiB = raised.rssMiB;
      return raised.milliseconds;
    };
    const measureMs = 1_000 * (request.durationSeconds ?? SECONDS);
    const { milliseconds } = await runRounds({ warmUpMs: Math.min(2_000, measureMs), measureMs, warmUp: round, round });
    return {
      orchestrationsPerSecond: null,
      activitiesPerSecond: null,
      eventsPerSecond: null,
      ...latenciesOf(milliseconds),
      rssMiB,
      fsync,
      extra: { events: milliseconds.length },
    };
  } finally {
    await Promise.all([owner.stop(), raiser.stop()]);
  }
}

/** The rows say whose they are; on SQLite it follows from who has the orchestrator. */
async function checkOwned(storeUrl: string, pid: number, instanceIds: readonly string[]): Promise<void> {
  const owned = await withClient(storeUrl, async (client) => {
    await useHubSchema(client);
    return await countOwnedBy(client, pid, instanceIds);
  });
  if (owned !== instanceIds.length) throw new Error(`${owned} of ${instanceIds.length} waiting instances are owned by the other worker`);
}

function targets(results: Results): readonly Target[] {
  if (results.store !== "postgres") return [];
  return atMost("raise on one worker to completion on another (p50)", results.ours(1)?.median.p50Ms ?? null, 5, "ms");
}
