import type { ActivityRows } from "./activities/activity-rows.ts";
import type { ClaimedTasks } from "./activities/claimed-tasks.ts";
import type { Dispatcher } from "./activities/dispatcher.ts";
import type { SuspectGate } from "./claims/suspect-gate.ts";
import type { Unoffered } from "./claims/unoffered.ts";
import type { Births } from "./commits/births.ts";
import type { Committer } from "./commits/committer.ts";
import type { KeptResults } from "./commits/kept-results.ts";
import type { MailOrder } from "./commits/mail-order.ts";
import type { MessageRouter } from "./commits/message-router.ts";
import type { Identity } from "./commits/sealed-batch.ts";
import type { ActiveInstance } from "./instances/instance.ts";
import type { InstanceTable } from "./instances/instance-table.ts";
import type { Leaving } from "./instances/leaving.ts";
import type { Loader } from "./instances/loader.ts";
import type { LossLog } from "./loss-log.ts";
import type { WorkerParts, WorkerSettings } from "./options.ts";
import type { Phase } from "./phase.ts";
import type { Fleet } from "./placement/fleet.ts";
import type { StoreClock } from "./time/store-clock.ts";

/** What the parts of one worker share. One object per worker; no module state. */
export interface Engine {
  readonly parts: WorkerParts;
  readonly settings: WorkerSettings;
  readonly storeClock: StoreClock;
  readonly table: InstanceTable;
  readonly committer: Committer;
  readonly mailOrder: MailOrder;
  readonly dispatcher: Dispatcher;
  readonly fleet: Fleet;
  readonly keptResults: KeptResults;
  readonly unoffered: Unoffered;
  readonly gate: SuspectGate;
  readonly losses: LossLog;
  readonly phase: Phase;
  readonly identity: Identity;
  readonly births: Births;
  readonly router: MessageRouter;
  readonly leaving: Leaving;
  readonly loader: Loader;
  readonly claimedTasks: ClaimedTasks;
  readonly activityRows: ActivityRows;
  /** Puts an instance in line for an episode, unless it is there or may not run. */
  enqueue(instance: ActiveInstance): void;
  /** Reads mail and due work soon. */
  lookAround(): void;
}
