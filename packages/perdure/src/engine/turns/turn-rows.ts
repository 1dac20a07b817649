import type { ChildStart } from "../../core/apply-episode.ts";
import type { Outgoing } from "../../core/outgoing.ts";
import type { Committer } from "../commits/committer.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { MessageRouter } from "../mail/message-router.ts";
import type { Births } from "../ownership/births.ts";

export interface TurnRowsPort {
  readonly committer: Pick<Committer, "gathering" | "requestClaim">;
  readonly births: Pick<Births, "addChild">;
  readonly router: Pick<MessageRouter, "fromEpisode">;
}

/** What a turn starts and sends. */
export interface Sent {
  readonly children: readonly ChildStart[];
  readonly messages: readonly Outgoing[];
}

/** What the turns of all kinds of instances have in common: what they send goes into the gathering batch, behind the rows of the instance itself. */
export class TurnRows {
  readonly #port: TurnRowsPort;

  constructor(port: TurnRowsPort) {
    this.#port = port;
  }

  send(instance: ActiveInstance, { children, messages }: Sent, at: number): void {
    const { committer, births, router } = this.#port;
    const batch = committer.gathering;
    if (children.length > 0 || messages.length > 0) instance.speaks();
    for (const child of children) births.addChild(batch, child, at);
    for (const message of messages) router.fromEpisode(message, instance);
    if (instance.crashes > 0) {
      instance.clearCrashes();
      committer.requestClaim(); // the next suspect comes with this commit
    }
    batch.addEpisode();
  }
}
