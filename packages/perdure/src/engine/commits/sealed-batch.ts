import type { TaskScheduled } from "../../model/history.ts";
import type { Fence, InstanceId, InstanceNo, WorkerId } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import type { ClaimRequest, ClaimTasksRequest, GroupCommit } from "../../store/commit.ts";
import type { DeliverOp, StartOp } from "../calls/client-op.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { Recorded } from "../taps.ts";
import type { MailOf } from "./outgoing.ts";

export interface Identity {
  readonly worker: WorkerId;
  readonly fence: Fence;
}

export interface Claims {
  readonly claim: ClaimRequest | null;
  readonly claimTasks: ClaimTasksRequest | null;
}

export const NO_CLAIMS: Claims = { claim: null, claimTasks: null };

/** An activity that may start once its batch is durable. */
export interface StartingActivity {
  readonly instance: ActiveInstance;
  readonly scheduled: TaskScheduled;
  readonly generation: number;
}

/** The result of an activity that no row holds. */
export interface ResultOf {
  readonly no: InstanceNo;
  readonly message: Message;
}

/** The rows of a commit whose durability something waits for. */
export type RowsWithEffects = Pick<GroupCommit, "creates" | "cancelTasks" | "newTasks" | "releases" | "stops">;

/** What leaves when a batch is durable, and not before. */
export interface Effects extends RowsWithEffects {
  /** Instances with changes in the batch. */
  readonly touched: ReadonlySet<ActiveInstance>;
  readonly consumedMail: readonly MailOf[];
  readonly births: ReadonlyMap<InstanceNo, ActiveInstance>;
  readonly startOps: ReadonlyMap<InstanceNo, StartOp>;
  readonly started: readonly ActiveInstance[];
  readonly ended: readonly ActiveInstance[];
  readonly activities: readonly StartingActivity[];
  /** Client messages that an episode consumed. */
  readonly consumedOps: readonly DeliverOp[];
  /** Client messages that left as rows, by index into the messages of the commit. */
  readonly sentOps: ReadonlyMap<number, DeliverOp>;
  /** Ids that messages of the batch are addressed to. */
  readonly rowsTo: readonly InstanceId[];
  /** What it has written into histories, for taps. */
  readonly recorded: readonly Recorded[];
}

export interface SealedBatch {
  readonly commit: GroupCommit;
  readonly effects: Effects;
}
