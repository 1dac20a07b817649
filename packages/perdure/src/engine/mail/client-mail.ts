import type { Committer } from "../commits/committer.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { MessageRouter } from "./message-router.ts";

export interface ClientMailPort {
  readonly committer: Pick<Committer, "requestSeal">;
  readonly router: Pick<MessageRouter, "asRow">;
}

/** What clients have sent to an instance that will not take it for a while. */
export class ClientMail {
  readonly #port: ClientMailPort;

  constructor(port: ClientMailPort) {
    this.#port = port;
  }

  /** They are not kept waiting: what they have sent becomes rows of this batch, and their answer comes with it. */
  answer(instance: ActiveInstance): void {
    const mail = instance.mailbox.takeClients();
    for (const { message, op } of mail) this.#port.router.asRow(instance.state.instanceId, message, op);
    if (mail.length > 0) this.#port.committer.requestSeal();
  }
}
