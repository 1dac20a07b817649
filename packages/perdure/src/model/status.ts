/** Durable Functions' runtime statuses, spelled as on the wire. */
export type RuntimeStatus = "Pending" | "Running" | "Suspended" | "ContinuedAsNew" | "Completed" | "Failed" | "Terminated" | "Canceled";

export type TerminalStatus = "Completed" | "Failed" | "Terminated" | "Canceled";

/** In the order of the enum's numeric values (durable-functions.md 1.3), so that `"0"` in a query means Running. */
export const RUNTIME_STATUSES: readonly RuntimeStatus[] = [
  "Running",
  "Completed",
  "ContinuedAsNew",
  "Failed",
  "Canceled",
  "Terminated",
  "Pending",
  "Suspended",
];

export function isTerminal(status: RuntimeStatus): status is TerminalStatus {
  return status === "Completed" || status === "Failed" || status === "Terminated" || status === "Canceled";
}
