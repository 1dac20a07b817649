import type { StandardSchemaV1 } from "@standard-schema/spec";
import { checkedName } from "./names.ts";
import { schemaOption } from "./options.ts";

/** An external event's name with the type of its payload: senders are typed by the schema's input side, waits by its output side. */
export interface ExternalEvent<Sent, Received = Sent> {
  readonly kind: "event";
  readonly name: string;
  readonly schema?: StandardSchemaV1 | undefined;
  readonly $payload?: (sent: Sent) => Received;
}

/**
 * With a schema, data are checked where they are sent by this token, and again where they are awaited: what does not fit there is dropped, with a
 * warning, and the wait continues. It must answer synchronously.
 */
export function externalEvent<T = void>(name: string): ExternalEvent<T, T>;
export function externalEvent<Sent, Received>(name: string, schema: StandardSchemaV1<Sent, Received>): ExternalEvent<Sent, Received>;
export function externalEvent(name: string, schema?: StandardSchemaV1): ExternalEvent<never, unknown> {
  const checked = checkedName(name, "event");
  const found = schemaOption({ schema }, "schema", `externalEvent "${checked}"`);
  return { kind: "event", name: checked, ...(found === null ? {} : { schema: found }) };
}
