import { useEffect, useState } from "preact/hooks";
import type { InstanceRow } from "../../api/wire.ts";
import { durationText } from "../../model/durations.ts";
import { versionText } from "../../model/function-text.ts";
import { grouped } from "../../model/numbers.ts";
import type { Pages } from "../../model/pages.ts";
import { withFirst, withNext } from "../../model/pages.ts";
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
  const [list, setList] = useState<Pages<InstanceRow> | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const read = (cursor?: string): void => {
    const joined = cursor === undefined ? withFirst : withNext;
    readChildren(view.id, cursor).then(
      (page) => {
        setList((before) => (before === null ? page : joined(before, page)));
        setProblem(null);
      },
      (error: unknown) => setProblem(messageOf(error)),
    );
  };
  useEffect(() => read(), [view, detail]);
  if (problem !== null) return <p class="bad below">{problem}</p>;
  if (list === null) return null;
  const { rows, cursor } = list;
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
            <ChildRow key={row.id} row={row} />
          ))}
        </tbody>
      </table>
      {cursor !== null && (
        <div class="earlier">
          <span>
            These are the first {grouped(rows.length)} of {grouped(detail.children)}.
          </span>
          <button type="button" class="btn s" onClick={() => read(cursor)}>
            Load more
          </button>
        </div>
      )}
    </div>
  );
}

function ChildRow({ row }: { readonly row: InstanceRow }) {
  return (
    <tr>
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
      <td class="right num dim">{durationText((row.completedAt ?? clock.value) - row.createdAt)}</td>
    </tr>
  );
}
