export interface RestartOptions {
  /** Default: a guid. `"same"`: the id that it has, which must have ended. */
  readonly instanceId?: "same" | (string & {});
  /** Default: the version that new instances have now. */
  readonly version?: string;
  /** Default: the input of its current execution, which after continue-as-new is not the first one. */
  readonly input?: unknown;
}

export interface RewindOptions {
  /** Kept in the history. */
  readonly reason?: string;
  /** True: nothing is done, and the plan says what would be. Default false. */
  readonly dryRun?: boolean;
}

export interface RewindByOptions extends RewindOptions {
  /** At most so many a second. Default 50. */
  readonly rate?: number;
}

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
  /** True: nothing is started, and the plan says what would be. Default false. */
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
