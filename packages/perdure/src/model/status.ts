/** Durable Functions' runtime statuses, spelled as on the wire. */
export type RuntimeStatus = "Pending" | "Running" | "Suspended" | "ContinuedAsNew" | "Completed" | "Failed" | "Terminated" | "Canceled";

export type TerminalStatus = "Completed" | "Failed" | "Terminated" | "Canceled";

/** In the order of the enum's numeric values of Azure's Durable Functions, so that `"0"` in a query means Running. */
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

export const TERMINAL_STATUSES: readonly TerminalStatus[] = ["Completed", "Failed", "Terminated", "Canceled"];

/** The status that a string names, whatever its case; null for any other string. */
export function runtimeStatusNamed(text: string): RuntimeStatus | null {
  const name = text.trim().toLowerCase();
  return RUNTIME_STATUSES.find((status) => status.toLowerCase() === name) ?? null;
}

export function isTerminal(status: RuntimeStatus): status is TerminalStatus {
  return status === "Completed" || status === "Failed" || status === "Terminated" || status === "Canceled";
}
