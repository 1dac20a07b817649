import type { EntityBatchRequest } from "../../model/entity-batch.ts";
import type {
  AbortReason,
  ActivityRequest,
  ActivityResult,
  EntityBatchResult,
  EpisodeKey,
  EpisodeRequest,
  EpisodeResult,
  Offer,
  TaskKey,
} from "../../model/executor.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";

/** What goes to the side that runs user code. */
export type PortRequest =
  | { readonly kind: "runEpisode"; readonly call: number; readonly request: EpisodeRequest }
  | { readonly kind: "runActivity"; readonly call: number; readonly request: ActivityRequest }
  | { readonly kind: "runEntityBatch"; readonly call: number; readonly request: EntityBatchRequest }
  | { readonly kind: "abortEpisode"; readonly episode: EpisodeKey; readonly reason: AbortReason }
  | { readonly kind: "abortActivity"; readonly task: TaskKey; readonly reason: AbortReason }
  | { readonly kind: "forget"; readonly no: InstanceNo };

/** What comes back. */
export type PortReply =
  | { readonly kind: "answer"; readonly call: number; readonly answer: EpisodeResult | ActivityResult | EntityBatchResult }
  | { readonly kind: "error"; readonly call: number; readonly error: unknown }
  | { readonly kind: "offer"; readonly offer: Offer }
  | { readonly kind: "heartbeat"; readonly task: TaskKey; readonly progress: Payload | null };
