/** What ended a history, or let one begin in another way than by a start. Of entities: what an operator took away. */
export type AuditWhat = "continueAsNew" | "replace" | "purge" | "rewind" | "restart" | "fork" | "skip";

export const AUDIT_WHATS: readonly AuditWhat[] = ["continueAsNew", "replace", "purge", "rewind", "restart", "fork", "skip"];
