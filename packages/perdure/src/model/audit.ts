/** What ended a history, or let one begin in another way than by a start. */
export type AuditWhat = "continueAsNew" | "replace" | "purge" | "rewind" | "restart" | "fork";

export const AUDIT_WHATS: readonly AuditWhat[] = ["continueAsNew", "replace", "purge", "rewind", "restart", "fork"];
