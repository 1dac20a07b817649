/** What ended a history, or let one begin in another way than by a start. Of entities: what an operator took away. `drop`: a start in its place that could not be read. */
export type AuditWhat = "continueAsNew" | "replace" | "purge" | "rewind" | "restart" | "fork" | "skip" | "drop";

export const AUDIT_WHATS: readonly AuditWhat[] = ["continueAsNew", "replace", "purge", "rewind", "restart", "fork", "skip", "drop"];
