import type { Message } from "../../model/message.ts";
import type { InboxRow } from "../../store/rows.ts";

/** Null when the row cannot be read. */
export function mailMessage(row: InboxRow): Message | null {
  try {
    const parsed: unknown = JSON.parse(row.body);
    return typeof parsed === "object" && parsed !== null && "kind" in parsed ? (parsed as Message) : null;
  } catch {
    return null;
  }
}
