import type { InstanceRow } from "../api/wire.ts";

/** Each has a shape, a word and a colour. */
export type ShownStatus = "pending" | "running" | "suspended" | "stopped" | "completed" | "failed" | "terminated" | "canceled";

/** One that is stopped is told from the others, whatever its status is; what began anew runs. */
export function shownStatus({ status, stopped }: Pick<InstanceRow, "status" | "stopped">): ShownStatus {
  if (stopped !== null) return "stopped";
  switch (status) {
    case "Pending":
      return "pending";
    case "Running":
    case "ContinuedAsNew":
      return "running";
    case "Suspended":
      return "suspended";
    case "Completed":
      return "completed";
    case "Failed":
      return "failed";
    case "Terminated":
      return "terminated";
    case "Canceled":
      return "canceled";
  }
}
