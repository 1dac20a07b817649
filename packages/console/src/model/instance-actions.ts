import type { InstanceAction, InstanceRow } from "../api/wire.ts";
import type { ShownStatus } from "./shown-status.ts";
import { shownStatus } from "./shown-status.ts";

/** What makes sense for an instance as it is; the first of them is what a person most likely wants. */
export function actionsFor(row: Pick<InstanceRow, "status" | "stopped">): readonly InstanceAction[] {
  return ACTIONS[shownStatus(row)];
}

const ENDED: readonly InstanceAction[] = ["restart", "purge"];
const OPEN: readonly InstanceAction[] = ["raise-event", "suspend", "restart", "terminate"];

const ACTIONS: Readonly<Record<ShownStatus, readonly InstanceAction[]>> = {
  pending: OPEN,
  running: OPEN,
  suspended: ["resume", "raise-event", "restart", "terminate"],
  stopped: ["resume", "restart", "terminate", "raise-event"],
  completed: ENDED,
  failed: ["rewind", ...ENDED],
  terminated: ENDED,
  canceled: ENDED,
};

/** On buttons: of a stopped instance resuming is trying once more. */
export function actionName(action: InstanceAction, isStopped = false): string {
  return action === "resume" && isStopped ? "Try again" : NAMES[action];
}

const NAMES: Readonly<Record<InstanceAction, string>> = {
  "raise-event": "Raise event",
  suspend: "Suspend",
  resume: "Resume",
  terminate: "Terminate",
  restart: "Restart",
  rewind: "Rewind",
  purge: "Purge",
};

/** It ends the instance, or takes it away: neither is taken back. */
export const isDanger = (action: InstanceAction): boolean => action === "terminate" || action === "purge";

/** What will happen, before it does. */
export function consequence(action: InstanceAction, isStopped: boolean): string {
  switch (action) {
    case "suspend":
      return "It takes no further step until it is resumed. Activities that run go on to their end, and their results are kept for it, as are events.";
    case "resume":
      return isStopped
        ? "It is tried again with the code that runs now. If that does not fit either, it is stopped again; nothing is lost."
        : "It goes on from where it was suspended, with all that has come in since.";
    case "terminate":
      return "It ends at once with the status Terminated. Activities that run are told by their signal, and nobody takes what they still return. This cannot be undone; it can be restarted from its beginning.";
    case "restart":
      return "A new instance begins with the same input and the code of today. What this one did happens again.";
    case "rewind":
      return "The failures that it failed with are taken out of its history, and it goes on from there. What was completed is not done again.";
    case "purge":
      return "Its row, its history and its payloads are deleted. This cannot be undone.";
    case "raise-event":
      return "";
  }
}

/** Said when it was accepted. */
export function doneText(action: InstanceAction, id: string): string {
  switch (action) {
    case "suspend":
      return `${id} is to be suspended.`;
    case "resume":
      return `${id} is to go on.`;
    case "terminate":
      return `${id} is to be terminated.`;
    case "rewind":
      return `${id} goes on from where it failed.`;
    case "purge":
      return `${id} was purged.`;
    case "restart":
      return `${id} was restarted.`;
    case "raise-event":
      return "The event was sent.";
  }
}
