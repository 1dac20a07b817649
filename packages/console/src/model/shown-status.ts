import type { InstanceRow } from "../api/wire.ts";

/** The status that is shown: one that is stopped is so before all else. */
export type StatusName = "pending" | "running" | "suspended" | "stopped" | "completed" | "failed" | "terminated" | "canceled";

export function shownStatus({ status, stopped }: Pick<InstanceRow, "status" | "stopped">): StatusName {
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
