/** A schedule or timer as it stands in the store. */
export interface ScheduleStatus {
  readonly name: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly overlap: "skip" | "allow";
  readonly catchUp: "once" | "none";
  /** The orchestrator that it starts; null: it runs the function of a timer. */
  readonly starts: string | null;
  /** `removed`: no live worker has it any more. `ended`: its orchestration was terminated, or failed; the next start of a worker that has it begins it again. */
  readonly state: "active" | "paused" | "removed" | "ended";
  /** Null while it is not active. */
  readonly next: Date | null;
  /** For when the last run was scheduled; null: there was none. */
  readonly last: Date | null;
  /** The orchestration that was started last. */
  readonly lastInstanceId: string | null;
  /** Why the last run was skipped, or failed; null: it was not, and did not. */
  readonly lastProblem: string | null;
}

/** Schedules and timers of a task hub, by name without case. All but `list` throw SCHEDULE_NOT_FOUND. */
export interface ScheduleClient {
  /** In the order of their names. */
  list(): Promise<readonly ScheduleStatus[]>;
  /** It runs no more until it is resumed; what runs already continues. */
  pause(name: string): Promise<void>;
  /** From the next time on; times that passed meanwhile are left out. */
  resume(name: string): Promise<void>;
  /** Runs it once, now, also while it is paused; its next time stays. */
  trigger(name: string): Promise<void>;
}
