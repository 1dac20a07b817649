import type { WorkerSettings } from "../options.ts";
import type { Sharing } from "../tasks/sharing.ts";
import { AuditRetention } from "./audit-retention.ts";
import type { IdleReleases } from "./idle-releases.ts";
import type { Job } from "./jobs.ts";
import { Jobs } from "./jobs.ts";
import type { RetentionPort } from "./retention.ts";
import { Retention } from "./retention.ts";
import type { RunningActivities } from "./running-activities.ts";
import type { Sweeps } from "./sweeps.ts";

/** Or an eighth of the time that its lines stay, if that is less. */
const AUDIT_EVERY_MS = 600_000;
const CANCELLED_EVERY_MS = 1_000;
/** Old instances leave in steps, not in one heap at the end of the retention. */
const PURGES_PER_RETENTION = 8;

export interface UpkeepPort extends RetentionPort {
  readonly settings: Pick<WorkerSettings, "sweepEveryMs" | "retention" | "keepAuditMs">;
  readonly idleReleases: Pick<IdleReleases, "onTick">;
  readonly runningActivities: Pick<RunningActivities, "giveRowsToLong" | "abortCancelled">;
  readonly sweeps: Sweeps;
  readonly sharing: Pick<Sharing, "shareLine">;
}

/** The regular jobs of a worker. */
export class Upkeep {
  readonly #port: UpkeepPort;
  readonly #jobs: Jobs;

  constructor(port: UpkeepPort) {
    this.#port = port;
    const { scheduler, clock } = port.parts;
    this.#jobs = new Jobs(scheduler, clock, jobsOf(port));
  }

  start(): void {
    this.#jobs.start(() => this.#port.phase === "running");
  }

  stop(): void {
    this.#jobs.stop();
  }
}

function jobsOf(port: UpkeepPort): readonly Job[] {
  const { sweepEveryMs, retention, keepAuditMs } = port.settings;
  const jobs: Job[] = [
    { everyMs: 0, work: () => port.idleReleases.onTick() },
    { everyMs: 0, work: () => port.runningActivities.giveRowsToLong() },
    { everyMs: 0, work: () => port.sharing.shareLine() },
    { everyMs: sweepEveryMs, work: () => port.sweeps.sweep() },
    { everyMs: CANCELLED_EVERY_MS, work: () => port.runningActivities.abortCancelled() },
  ];
  if (keepAuditMs !== null) {
    const audit = new AuditRetention(port, keepAuditMs);
    jobs.push({ everyMs: Math.min(keepAuditMs / PURGES_PER_RETENTION, AUDIT_EVERY_MS), work: () => audit.trimOld() });
  }
  if (retention === null || retention.rules.length === 0) return jobs;
  const purges = new Retention(port);
  const shortest = Math.min(...retention.rules.map(({ keepMs }) => keepMs));
  const purgeEveryMs = Math.min(shortest / PURGES_PER_RETENTION, sweepEveryMs);
  return [...jobs, { everyMs: purgeEveryMs, work: () => purges.purgeOld() }];
}
