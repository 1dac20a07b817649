import type { NewTarget } from "../../store/commit.ts";
import type { DeliverReceipt, Delivery } from "../../store/contract.ts";
import type { Calls } from "./calls.ts";
import type { Concern } from "./clients.ts";
import { concernOf, packDelivery, receiptOfDelivery } from "./clients.ts";
import type { ClientCalls } from "./start-call.ts";
import { LAYOUT_NUMBER } from "./wire/layouts.ts";

interface Creating extends Delivery {
  readonly orCreate: NewTarget;
}

/** One look delivers so many; the next one the rest. */
const MOST = 200;

/** In a transaction of the caller's, where it may create nothing (schema/kept-mail.ts). */
export async function deliverOrKeep(calls: ClientCalls, delivery: Creating): Promise<DeliverReceipt> {
  const { instanceId, message, orCreate } = delivery;
  const { row, bytes } = packDelivery({ instanceId, message });
  const body = JSON.stringify({ instanceId, message, orCreate });
  const answer = await calls.callForClient("deliver_or_keep", [LAYOUT_NUMBER, row, bytes, instanceId, body]);
  return answer.o_outcome === "kept" ? { outcome: "delivered", status: orCreate.status } : receiptOfDelivery(answer);
}

/** In the order in which they were kept. One that cannot be delivered now, or at all, stays, and keeps no worker from its look. */
export async function deliverKept(calls: Calls): Promise<readonly Concern[]> {
  const concerns: Concern[] = [];
  const text = `SELECT k.seq, k.body FROM ${calls.schema}.kept_mail k ORDER BY k.seq LIMIT ${MOST}`;
  for (const { seq, body } of await calls.read({ name: "kept-mail", text, values: [] })) {
    try {
      const { row, target, bytes } = packDelivery(JSON.parse(String(body)) as Creating); // of our own making
      concerns.push(concernOf(await calls.callForClient("deliver_kept", [LAYOUT_NUMBER, seq, row, target, bytes])));
    } catch {
      // The next look tries again.
    }
  }
  return concerns;
}
