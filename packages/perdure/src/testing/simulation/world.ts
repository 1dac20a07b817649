import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WorkerSettings } from "../../engine/options.ts";
import type { Store, StoreDump } from "../../store/contract.ts";
import { createMemoryStore } from "../../stores/memory/memory-store.ts";
import { openSqliteStore } from "../../stores/sqlite/sqlite-store.ts";
import { checkDump } from "../invariants/check-dump.ts";
import { isEntityRow, notesOf } from "../invariants/entity-work.ts";
import { describeViolation } from "../invariants/invariant.ts";
import { OBSERVED_RULES } from "../observations.ts";
import { VirtualCalendar, VirtualTime } from "../virtual-time.ts";
import type { Cluster } from "./cluster.ts";

/** 2026-01-01T00:00:00Z: where simulated calendars begin. */
const START_OF_TIME = 1_767_225_600_000;

/** Short leases and frequent looks: a minute of virtual time holds what an hour of a real hub does. */
export const SIM_SETTINGS: Partial<WorkerSettings> = {
  leaseMs: 3_000,
  renewEveryMs: 900,
  idleReleaseMs: 1_500,
  longActivityMs: 1_000,
  heartbeatFlushMs: 100,
  pollEveryMs: 700,
  sweepEveryMs: 4_000,
  drainMs: 1_000,
  functionNotFoundAfterMs: 2_000,
  asideOverBytes: 0,
  asideAfterRefusals: 0,
};

export type StoreKind = "memory" | "sqlite";

export interface SimWorld {
  readonly world: VirtualTime;
  readonly calendar: VirtualCalendar;
  readonly store: Store;
  /** Closes the store and removes what it left on the disk. */
  dispose(): Promise<void>;
}

export async function createSimWorld(kind: StoreKind): Promise<SimWorld> {
  const world = new VirtualTime();
  const calendar = new VirtualCalendar(world, START_OF_TIME);
  if (kind === "memory") {
    const store = createMemoryStore({ now: calendar.now });
    return { world, calendar, store, dispose: () => store.close() };
  }
  const folder = mkdtempSync(join(tmpdir(), "perdure-sim-"));
  const store = await openSqliteStore({ path: join(folder, "hub.db"), thread: "inline", now: calendar.now });
  const dispose = async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { world, calendar, store, dispose };
}

/** Everything that is wrong with a cluster now, in words; `atRest` when all work is done and a sweep has run. */
export async function checkWorld(cluster: Cluster, sim: SimWorld, atRest: boolean): Promise<string[]> {
  await cluster.replay.idle();
  const dump = await sim.store.dump();
  const problems = checkDump(dump, { atRest, clockSlackMs: sim.calendar.setBackMs }).map(describeViolation);
  for (const { rule, instanceId, detail } of cluster.recorder.finish(dump, atRest)) {
    const sentence = rule in OBSERVED_RULES ? OBSERVED_RULES[rule as keyof typeof OBSERVED_RULES] : "";
    problems.push(`${rule}:${instanceId === null ? "" : ` instance "${instanceId}":`} ${detail}. Rule: ${sentence}`);
  }
  for (const { instanceId, generation, episode, detail } of cluster.mismatches) {
    problems.push(`replay: instance "${instanceId}", generation ${generation}, episode ${episode}: ${detail}`);
  }
  if (atRest) problems.push(...entitiesNotAtRest(dump, sim.calendar.now()));
  return [...problems, ...cluster.errors];
}

/** All orchestrations have ended: an entity that is locked or holds something is so for good, unless that is due later by a clock that was set back. */
function entitiesNotAtRest(dump: StoreDump, now: number): readonly string[] {
  const left = dump.instances.filter(isEntityRow).map((row) => ({ row, notes: notesOf(row) }));
  return left.flatMap(({ row: { instanceId, nextWake }, notes: { lock, held } }) =>
    lock === null && (held === 0 || (typeof nextWake === "number" && nextWake > now))
      ? []
      : [`entity at rest: "${instanceId}" is ${lock === null ? "not locked" : "locked"} and holds ${held} messages`],
  );
}
