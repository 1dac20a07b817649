import { useMemo } from "preact/hooks";
import type { Doing, InstanceRow } from "../../api/wire.ts";
import type { IconName } from "../../design/icons.ts";
import { CALL_ICONS } from "../../design/icons.ts";
import { doingParts } from "../../model/doing-parts.ts";
import { durationText, roughText } from "../../model/durations.ts";
import { versionText } from "../../model/function-text.ts";
import { instanceHref } from "../../model/routes.ts";
import { shownStatus } from "../../model/shown-status.ts";
import { clock } from "../../state/hub.ts";
import type { InstanceRows } from "../../state/list.ts";
import { Icon } from "../../widgets/icon.tsx";
import { StatusMark } from "../../widgets/status-mark.tsx";
import type { GridColumn } from "../../widgets/virtual-grid.tsx";
import { GridCell } from "../../widgets/virtual-grid.tsx";
import { TimeOf } from "../common/time.tsx";

export const COLUMNS: readonly GridColumn[] = [
  { id: "status", head: "Status" },
  { id: "id", head: "Instance id" },
  { id: "name", head: "Orchestrator" },
  { id: "doing", head: "What it is doing" },
  { id: "started", head: "Started" },
  { id: "duration", head: "Duration", isRight: true },
  { id: "tags", head: "Tags" },
];

const ICON_OF: Readonly<Record<Doing["kind"], IconName>> = {
  ...CALL_ICONS,
  runs: "activity",
  retry: "activity",
  suspended: "pause",
  stopped: "warning",
  scheduled: "clock",
  ended: "check",
  unknown: "question",
};

/** The cells of a row, without the box that chooses it. */
export function InstanceCells({ id, rows }: { readonly id: string; readonly rows: InstanceRows }) {
  const row = rows.rowOf(id).value;
  return row === null ? <GridCell id="id">{id}</GridCell> : <KnownCells row={row} rows={rows} />;
}

/** What stays as it is while its instance runs is drawn once: half of the row. */
function KnownCells({ row, rows }: { readonly row: InstanceRow; readonly rows: InstanceRows }) {
  const { id, version, name, tags, createdAt } = row;
  const called = useMemo(() => <Called id={id} name={name} version={version} />, [id, name, version]);
  const started = useMemo(
    () => (
      <GridCell id="started" look="num muted">
        <TimeOf at={createdAt} />
      </GridCell>
    ),
    [createdAt],
  );
  const tagged = useMemo(() => <Tags tags={tags} />, [JSON.stringify(tags)]);
  return (
    <>
      <GridCell id="status">
        <StatusMark status={shownStatus(row)} />
      </GridCell>
      {called}
      <GridCell id="doing">
        <DoingText row={row} rows={rows} />
      </GridCell>
      {started}
      <GridCell id="duration" look="num" isRight>
        <Duration row={row} />
      </GridCell>
      {tagged}
    </>
  );
}

function Called({ id, name, version }: Pick<InstanceRow, "id" | "name" | "version">) {
  return (
    <>
      <GridCell id="id">
        <a class="id" href={instanceHref(id)} tabIndex={-1} title={id}>
          {id}
        </a>
      </GridCell>
      <GridCell id="name" look="fn">
        {name}
        {version !== null && version !== "" && <small>{versionText(version)}</small>}
      </GridCell>
    </>
  );
}

function Tags({ tags }: Pick<InstanceRow, "tags">) {
  return (
    <GridCell id="tags">
      {Object.entries(tags).map(([key, value]) => (
        <span key={key} class="chip" title={value === "" ? key : `${key}: ${value}`}>
          {value === "" || value === "true" ? key : value}
        </span>
      ))}
    </GridCell>
  );
}

function Duration({ row: { completedAt, createdAt, startAt } }: { readonly row: InstanceRow }) {
  if (completedAt !== null) return <>{durationText(completedAt - createdAt)}</>;
  const now = clock.value;
  if (startAt !== null && startAt > now) return null;
  const passed = now - (startAt ?? createdAt);
  return <>{passed < 1_000 ? "0 s" : roughText(passed)}</>;
}

function DoingText({ row, rows }: { readonly row: InstanceRow; readonly rows: InstanceRows }) {
  const doing = rows.doingOf(row.id).value;
  const status = shownStatus(row);
  if (row.note !== null && row.completedAt !== null) {
    const isFailed = status === "failed";
    return (
      <span class="doing" title={row.note}>
        <Icon name={isFailed ? "cross" : "stop"} isSmall />
        <span class={isFailed ? "t bad" : "t"}>{row.note}</span>
      </span>
    );
  }
  if (row.stopped !== null) {
    return (
      <span class="doing" title={row.stopped.message}>
        <Icon name="warning" isSmall />
        <span class="t warn">{doing === null ? row.stopped.message : <Line doing={doing} />}</span>
      </span>
    );
  }
  if (doing === null) return <span class="doing dim" />;
  return (
    <span class="doing" title={doing.text}>
      <Icon name={status === "terminated" || status === "canceled" ? "stop" : ICON_OF[doing.kind]} isSmall />
      <span class={doing.outlook === "stuck" ? "t warn" : "t"}>
        <Line doing={doing} />
        {row.completedAt === null && <Spans doing={doing} />}
      </span>
    </span>
  );
}

function Line({ doing: { kind, text, dueAt } }: { readonly doing: Doing }) {
  const { before, strong, after, rest } = doingParts(text);
  if (dueAt !== null && (kind === "timer" || kind === "scheduled"))
    return (
      <>
        {kind === "timer" ? "sleeps until" : "starts at"}{" "}
        <b>
          <TimeOf at={dueAt} hasTime />
        </b>
      </>
    );
  return (
    <>
      {before}
      {strong !== "" && <b>{strong}</b>}
      {after}
      {rest !== "" && <span class="dim"> · {rest}</span>}
    </>
  );
}

/** How long it has been so, and how long until it continues by itself. */
function Spans({ doing: { kind, since, dueAt } }: { readonly doing: Doing }) {
  const now = clock.value;
  const left =
    dueAt === null
      ? []
      : [dueAt > now ? `${kind === "retry" ? "in " : ""}${roughText(dueAt - now)}${kind === "retry" ? "" : " left"}` : "due"];
  const passed =
    since === null || now - since < 1_000 || kind === "retry" || kind === "timer" || kind === "scheduled"
      ? []
      : [`${kind === "runs" ? "for " : ""}${roughText(now - since)}`];
  const parts = [...passed, ...left];
  return parts.length === 0 ? null : <span class="dim"> · {parts.join(", ")}</span>;
}
