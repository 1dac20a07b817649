import type { Tags } from "../../model/history.ts";
import type { Payload } from "../../model/payload.ts";
import type { EpisodePort } from "../tasks/episode-port.ts";
import type { CallDefaults } from "./call-retry.ts";
import type { ContinuedAsNew } from "./continued-as-new.ts";
import type { FunctionLogSink } from "./function-log.ts";
import type { PatchMarks } from "./patch-marks.ts";

/** What continueAsNew asked for; effective when the function returns `token`. */
export interface Continuation {
  readonly input: Payload | null;
  /** What the next execution does not take over from this one. */
  readonly labels: { readonly version?: string | null; readonly tags?: Tags | null };
  readonly preserveEvents: boolean;
  readonly token: ContinuedAsNew;
}

/** What the context of an orchestrator function asks of its execution. */
export interface ContextPort extends EpisodePort {
  /** True while a replay looks for the line of a wrong await: nothing is logged. */
  readonly isProbe: boolean;
  readonly functions: CallDefaults;
  readonly patches: PatchMarks;
  readonly log: FunctionLogSink;
  /** Throws, and says why, when a use of the context would not be repeated in replay. */
  use(what: string, name?: string): void;
  /** Throws when the budget of actions is spent. */
  checkBudget(): void;
  continueAsNew(continuation: Continuation): void;
  setCustomStatus(status: Payload | null): void;
}
