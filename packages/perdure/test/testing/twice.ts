import { randomUUID } from "node:crypto";
import type { Message } from "../../src/model/message.ts";
import { isReply } from "../../src/model/message.ts";
import type { CommitReceipt, GroupCommit, OutgoingMessage } from "../../src/store/commit.ts";
import type { Store } from "../../src/store/contract.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";

/**
 * A store to which everything is said twice, as an at-least-once transport would: starts, client messages, messages between instances, mail
 * that is read. Events get a message id, which is what makes a copy known as one. `count` is called for each copy.
 */
export function deliverTwice(store: Store, count: () => void): Store {
  return {
    ...interceptStore(store, (_, call) => call()),
    start: async (params) => {
      const receipt = await store.start(params);
      if (receipt.outcome !== "started") return receipt;
      count();
      await store.start(params); // its own execution id: success again
      return receipt;
    },
    deliver: async ({ instanceId, message }) => {
      const known = withId(message);
      const receipt = await store.deliver({ instanceId, message: known });
      if (receipt.outcome !== "delivered") return receipt;
      count();
      await store.deliver({ instanceId, message: known });
      return receipt;
    },
    look: async (params) => {
      const seen = await store.look(params);
      for (const _ of seen.mail) count();
      return { ...seen, mail: seen.mail.flatMap((row) => [row, row]) };
    },
    commit: async (batch) => trimmed(await store.commit(doubled(batch, count)), batch.messages.length),
  };
}

function withId(message: Message): Message {
  return message.kind === "event" && message.messageId === undefined ? { ...message, messageId: randomUUID() } : message;
}

function doubled(batch: GroupCommit, count: () => void): GroupCommit {
  if (batch.messages.length === 0) return batch;
  const messages: OutgoingMessage[] = batch.messages.map((outgoing) => ({ ...outgoing, message: withId(outgoing.message) }));
  const copies = messages.filter(({ message }) => isReply(message) || message.kind === "event");
  for (const _ of copies) count();
  return { ...batch, messages: [...messages, ...copies] };
}

/** The worker must not hear of messages that it did not send. */
function trimmed(receipt: CommitReceipt, sent: number): CommitReceipt {
  return {
    ...receipt,
    undelivered: receipt.undelivered.filter(({ index }) => index < sent),
    messageSeqs: receipt.messageSeqs.slice(0, sent),
  };
}
