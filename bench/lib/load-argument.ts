import type { LoadRequest } from "./scenario.ts";
import type { PeerName } from "./systems/peers.ts";

/** One run of one load scenario on one contender: everything that is measured happens in this process. */
export interface LoadArgument extends LoadRequest {
  readonly scenario: string;
  /** Null: ours. */
  readonly peer: PeerName | null;
  /** New and empty, of the kind that the contender uses. */
  readonly storeUrl: string;
  readonly commitDelayMs: number;
}
