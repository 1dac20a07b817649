import { useEffect, useState } from "preact/hooks";
import type { InstanceRow } from "../../api/wire.ts";
import { durationText } from "../../model/durations.ts";
import { versionText } from "../../model/function-text.ts";
import { instanceHref } from "../../model/routes.ts";
import { shownStatus } from "../../model/shown-status.ts";
import { clock } from "../../state/hub.ts";
import { readChildren } from "../../state/instance.ts";
import { messageOf } from "../../state/problems.ts";
import { StatusMark } from "../../widgets/status-mark.tsx";
import { TimeOf } from "../common/time.tsx";
import type { TabProps } from "./instance-tabs.tsx";

/** Its sub-orchestrations; read again whenever something of it has changed. */
export function ChildrenTab({ view, detail }: Omit<TabProps, "query">) {
  const [rows, setRows] = useState<readonly InstanceRow[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    readChildren(view.id).then(
      (found) => {
        setRows(found);
        setProblem(null);
      },
      (error: unknown) => setProblem(messageOf(error)),
    );
  }, [view, detail]);
  const now = clock.value;
  if (problem !== null) return <p class="bad below">{problem}</p>;
  if (rows === null) return null;
  if (rows.length === 0) return <p class="dim below">It has begun no sub-orchestration that is still there.</p>;
  return (
    <div class="grid closed joined sideways">
      <table class="dense">
        <thead>
          <tr>
            <th>Instance</th>
            <th>Orchestrator</th>
            <th>Status</th>
            <th>Started</th>
            <th class="right">Time</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <a class="id link" href={instanceHref(row.id)}>
                  {row.id}
                </a>
              </td>
              <td class="fn">
                {row.name} {row.version !== null && <small>{versionText(row.version)}</small>}
              </td>
              <td>
                <StatusMark status={shownStatus(row)} />
              </td>
              <td>
                <TimeOf at={row.createdAt} hasDay />
              </td>
              <td class="right num dim">{durationText((row.completedAt ?? now) - row.createdAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
