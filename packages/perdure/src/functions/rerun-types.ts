export interface RestartOptions {
  /** Default: a guid. `"same"`: the id that it has, which must have ended. */
  readonly instanceId?: "same" | (string & {});
  /** Default: the version that new instances have now. */
  readonly version?: string;
  /** Default: the input of its current execution, which after continue-as-new is not the first one. */
  readonly input?: unknown;
  /** Kept in the audit. */
  readonly reason?: string;
}

export interface RewindOptions {
  /** Kept in the history. */
  readonly reason?: string;
  /** True: nothing is done, and the plan says what would be. Default false. */
  readonly dryRun?: boolean;
}

/** Of what is done to many instances, one after another. */
export interface BulkOptions {
  /** At most so many a second. Default 50. */
  readonly rate?: number;
  /** Where an earlier run was broken off: the `continuation` of the last instance that it gave. Default: from the beginning. */
  readonly continuation?: string;
}

export interface RewindByOptions extends RewindOptions, BulkOptions {}

export interface RestartByOptions extends Pick<RestartOptions, "version" | "reason">, BulkOptions {
  /** `"same"`: each under the id that it has. Default: guids. */
  readonly instanceId?: "same";
  /** True: nothing is started. Default false. */
  readonly dryRun?: boolean;
}

export interface ForkByOptions extends Omit<ForkOptions, "instanceId">, BulkOptions {}

export interface ForkOptions {
  /**
   * Where it leaves the original: before an event of its history (from 1; inside an episode: before the episode), behind so many episodes, or before the
   * episode that first asks for this activity or sub-orchestration.
   */
  readonly at: { readonly event: number } | { readonly checkpoint: number } | { readonly before: string };
  /** Default: a guid. */
  readonly instanceId?: string;
  /** Default: the input of the original. */
  readonly input?: unknown;
  /** Default: the version of the original. */
  readonly version?: string;
  /** Results by the event id of the call, in place of what is recorded, failures too. */
  readonly results?: { readonly [eventId: number]: unknown };
  /** External events behind the point: all of them (`"keep"`), or those of these names. Default none. */
  readonly events?: "keep" | readonly string[];
  /** `"keep"`: results that came behind the point stay, for calls before it. Default: those calls run again. */
  readonly completions?: "keep";
  /** `"absolute"`: open timers keep their date. Default: they get the time that was left at the point. */
  readonly timers?: "absolute";
  /** Kept in the history of the fork. */
  readonly reason?: string;
  /** True: nothing is started, and the plan says what would be; without `instanceId` its id is made up, and the fork gets another. Default false. */
  readonly dryRun?: boolean;
}

/**
 * What becomes of an instance whose history is edited. Known from the history alone: where its code does not ask for the same again, more episodes are
 * taken back.
 */
export interface EditPlan {
  readonly instanceId: string;
  /** Activities that run again. */
  readonly activities: readonly { readonly eventId: number; readonly name: string }[];
  /** Timers that fire at another time than they did, or were to: milliseconds since 1970. */
  readonly timers: readonly { readonly eventId: number; readonly fireAt: number }[];
  /** Episodes that are taken back: what they asked for is asked for again. */
  readonly droppedEpisodes: number;
  /** Failed sub-orchestrations that are rewound before it. */
  readonly rewinds: readonly EditPlan[];
}

/** One of many: what was done to it. */
export interface BulkStep {
  /** With it another run begins behind this instance. Null: it was the last. */
  readonly continuation: string | null;
}

export interface RewindStep extends EditPlan, BulkStep {}

export interface RestartStep extends BulkStep {
  readonly instanceId: string;
  /** The id of the new instance; null in a dry run. */
  readonly restartedAs: string | null;
}

/** `instanceId` and plan are those of the fork. */
export interface ForkStep extends EditPlan, BulkStep {
  readonly forkedFrom: string;
}
