import type { StandardSchemaV1 } from "@standard-schema/spec";
import { validateNow } from "../replay/values/schema.ts";

/** Throws VALUE_INVALID when the event is named by a token whose schema refuses the data. `read` gives them as the receiver will read them. */
export function checkEventData(event: unknown, name: string, read: () => unknown): void {
  if (typeof event !== "object" || event === null || !("schema" in event) || event.schema === undefined) return;
  validateNow(event.schema as StandardSchemaV1, read(), `payload of event "${name}"`);
}
