import { useEffect, useState } from "preact/hooks";
import type { InstanceList } from "../../api/wire.ts";
import { durationText } from "../../model/durations.ts";
import { versionText } from "../../model/function-text.ts";
import { grouped } from "../../model/numbers.ts";
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
  const [list, setList] = useState<ChildList | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const read = (cursor?: string): void => {
    readChildren(view.id, cursor).then(
      (page) => {
        setList((before) => (cursor === undefined ? withFirst(before, page) : withMore(before, page)));
        setProblem(null);
      },
      (error: unknown) => setProblem(messageOf(error)),
    );
  };
  useEffect(() => read(), [view, detail]);
  const now = clock.value;
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

type ChildList = Pick<InstanceList, "rows" | "cursor">;

/** The first page again; those behind it stay as they were when they were asked for. */
function withFirst(before: ChildList | null, page: ChildList): ChildList {
  if (before === null || before.rows.length <= page.rows.length) return page;
  return { rows: [...page.rows, ...others(before, page)], cursor: before.cursor };
}

const withMore = (before: ChildList | null, page: ChildList): ChildList =>
  before === null ? page : { rows: [...others(before, page), ...page.rows], cursor: page.cursor };

function others({ rows }: ChildList, page: ChildList): ChildList["rows"] {
  const fresh = new Set(page.rows.map(({ id }) => id));
  return rows.filter(({ id }) => !fresh.has(id));
}
