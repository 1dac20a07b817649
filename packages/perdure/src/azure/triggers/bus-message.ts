import type { BindingValue, TriggerInvocation } from "../../app-threads/guest.ts";
import type { BusMessage } from "../bindings/client-ports.ts";
import { json, propertiesOf, systemMetadata, text } from "./metadata.ts";

/** The body as text: the client hands bytes on, or a value where the sender wrote one. */
export function bodyText({ body }: BusMessage): string {
  if (typeof body === "string") return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString("utf8");
  return body === undefined ? "" : JSON.stringify(body);
}

export const bodiesOf = (messages: readonly BusMessage[]): BindingValue => ({
  kind: "list",
  values: messages.map((one) => text(bodyText(one))),
});

export const metadataOfOne = (functionName: string, message: BusMessage): TriggerInvocation["metadata"] => ({
  ...propertiesOf(bodyText(message)),
  ...Object.fromEntries(Object.entries(factsOf(message)).map(([name, value]) => [name, json(value)])),
  ...systemMetadata(functionName),
});

/** As the host of Azure: one list for each fact. */
export function metadataOfMany(functionName: string, messages: readonly BusMessage[]): TriggerInvocation["metadata"] {
  const facts = messages.map(factsOf);
  const names = new Set(facts.flatMap((one) => Object.keys(one)));
  const lists = [...names].map((name) => [`${name}Array`, json(facts.map((one) => one[name] ?? null))] as const);
  return { ...Object.fromEntries(lists), ...systemMetadata(functionName) };
}

function factsOf(message: BusMessage): { readonly [name: string]: unknown } {
  const { applicationProperties = {} } = message;
  return {
    MessageId: message.messageId,
    ContentType: message.contentType,
    CorrelationId: message.correlationId,
    Subject: message.subject,
    Label: message.subject,
    To: message.to,
    ReplyTo: message.replyTo,
    SessionId: message.sessionId,
    LockToken: message.lockToken,
    DeliveryCount: (message.deliveryCount ?? 0) + 1, // the client counts from 0, .NET from 1
    SequenceNumber: Number(String(message.sequenceNumber ?? 0)),
    EnqueuedTimeUtc: message.enqueuedTimeUtc,
    ExpiresAtUtc: message.expiresAtUtc,
    DeadLetterSource: message.deadLetterSource,
    ApplicationProperties: applicationProperties,
    UserProperties: applicationProperties,
  };
}
