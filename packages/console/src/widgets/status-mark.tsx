import type { StatusShape } from "../design/icons.ts";
import { STATUS_SHAPES } from "../design/icons.ts";
import type { ShownStatus } from "../model/shown-status.ts";

const LABELS: Readonly<Record<ShownStatus, string>> = {
  pending: "Pending",
  running: "Running",
  suspended: "Suspended",
  stopped: "Stopped",
  completed: "Completed",
  failed: "Failed",
  terminated: "Terminated",
  canceled: "Canceled",
};

export const statusLabel = (status: ShownStatus): string => LABELS[status];

/** The shape of a status, in the colour of the text around it. */
export function StatusShapeMark({ status }: { readonly status: ShownStatus }) {
  const { fill, line, faint, dashed, cut }: StatusShape = STATUS_SHAPES[status];
  return (
    <svg viewBox="0 0 12 12" aria-hidden="true" fill="none" stroke-linecap="round" stroke-linejoin="round">
      {faint !== undefined && <path d={faint} stroke="currentColor" stroke-width="1.6" opacity=".35" />}
      {line !== undefined && <path d={line} stroke="currentColor" stroke-width="1.7" stroke-dasharray={dashed ? "2.4 2" : undefined} />}
      {fill !== undefined && <path d={fill} fill="currentColor" />}
      {cut !== undefined && <path d={cut} stroke="var(--surface)" stroke-width="1.5" />}
    </svg>
  );
}

export function StatusMark({ status, look = "" }: { readonly status: ShownStatus; readonly look?: "" | "big" | "plain" }) {
  return (
    <span class={`st ${look}`} data-s={status}>
      <StatusShapeMark status={status} />
      {LABELS[status]}
    </span>
  );
}
