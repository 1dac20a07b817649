import type { QueueTrigger, TriggerInvocation } from "../../app-threads/guest.ts";
import { fault } from "../../errors/perdure-error.ts";
import type { AzureClients } from "../bindings/azure-clients.ts";
import type { QueueMessage } from "../bindings/client-ports.ts";
import type { Invoke } from "./function-calls.ts";
import { FunctionCalls } from "./function-calls.ts";
import { json, propertiesOf, systemMetadata, text } from "./metadata.ts";
import { QueueWorker } from "./queue-worker.ts";
import type { TriggerLog } from "./trigger-log.ts";
import type { QueueSettings } from "./trigger-settings.ts";

const POISON = "-poison";
/** Of a name of a queue. */
const QUEUE_NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const SHORTEST_NAME = 3;
const LONGEST_NAME = 63;

/** A function that is called for each message of a queue of storage. Throws when it lacks a client or a connection. */
export function queueTrigger(
  trigger: QueueTrigger,
  clients: AzureClients,
  settings: QueueSettings,
  invoke: Invoke,
  log: TriggerLog,
): QueueWorker {
  const { name, connection } = trigger;
  const service = clients.queues({ function: name, binding: "queue trigger", connection });
  const queueName = trigger.queueName.toLowerCase();
  if (!QUEUE_NAME.test(queueName) || queueName.length < SHORTEST_NAME || queueName.length > LONGEST_NAME) {
    const why = `its queueName is "${trigger.queueName}"; a queue has ${SHORTEST_NAME} to ${LONGEST_NAME} letters, digits and single dashes`;
    throw fault("BINDING_UNUSABLE", name, "queue trigger", why);
  }
  const poisonName = queueName + POISON;
  const hasPoison = !queueName.endsWith(POISON) && poisonName.length <= LONGEST_NAME;
  const calls = new FunctionCalls(trigger, invoke, log);
  return new QueueWorker({
    queue: service.getQueueClient(queueName),
    poison: hasPoison ? service.getQueueClient(poisonName) : null,
    settings,
    log,
    handle: (message, around) => calls.run(text(message), metadataOf(name, message, around)),
  });
}

const metadataOf = (name: string, message: string, around: QueueMessage): TriggerInvocation["metadata"] => ({
  ...propertiesOf(message),
  QueueTrigger: text(message),
  DequeueCount: json(around.dequeueCount),
  ExpirationTime: json(around.expiresOn),
  Id: json(around.messageId),
  InsertionTime: json(around.insertedOn),
  NextVisibleTime: json(around.nextVisibleOn),
  PopReceipt: json(around.popReceipt),
  ...systemMetadata(name),
});
