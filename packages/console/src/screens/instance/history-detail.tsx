import type { Preview, WireFailure } from "../../api/wire.ts";
import { durationText } from "../../model/durations.ts";
import { eventJson, isPreview } from "../../model/event-json.ts";
import { eventNo } from "../../model/event-no.ts";
import type { HistoryRow } from "../../model/history-rows.ts";
import { hrefOf, instanceHref } from "../../model/routes.ts";
import { split } from "../../model/timeline.ts";
import type { InstanceView } from "../../state/instance.ts";
import { CopyButton } from "../../widgets/copy-button.tsx";
import { Icon } from "../../widgets/icon.tsx";
import { JsonView } from "../../widgets/json-view.tsx";
import { PayloadPanel } from "../common/payload.tsx";
import { ExactTime } from "../common/time.tsx";
import { FailureView } from "./failure-view.tsx";
import { iconOf } from "./history-tab.tsx";
import { Fact } from "./timeline-detail.tsx";

export interface HistoryDetailProps {
  readonly view: InstanceView;
  readonly row: HistoryRow;
  readonly rows: readonly HistoryRow[];
  readonly onClose: () => void;
}

/** Beside the history: one event, all of it, as it was recorded. */
export function HistoryDetail({ view, row, rows, onClose }: HistoryDetailProps) {
  const { event } = row.item;
  const json = eventJson(row.item);
  const failure: WireFailure | undefined = "failure" in event ? event.failure : undefined;
  return (
    <aside class="right" aria-label={`Event ${eventNo(row.seq)}`}>
      <div class="panel">
        <div class={`row ${row.isFailed ? "bad" : ""}`}>
          <Icon name={iconOf(row.kind, row.isFailed)} />
          <b class="title">{row.kind}</b>
          <span class="dim">event {eventNo(row.seq)}</span>
          <button type="button" class="btn ghost s icon-only spread" aria-label="Close" onClick={onClose}>
            <Icon name="cross" isSmall />
          </button>
        </div>
        <Facts view={view} row={row} rows={rows} />
      </div>
      {failure !== undefined && <FailureView failure={failure} />}
      {cutPayloads(event).map(([name, preview]) => (
        <PayloadPanel key={name} id={view.id} title={name} preview={preview} />
      ))}
      <div class="panel">
        <h3>
          Recorded event
          <span class="spread">
            <CopyButton text={json} label="Copy the event" />
          </span>
        </h3>
        <JsonView text={json} label="Recorded event" />
      </div>
    </aside>
  );
}

/** Those that are whole stand in the event. */
const cutPayloads = (event: object): readonly (readonly [string, Preview])[] =>
  Object.entries(event).flatMap(([name, value]) => (isPreview(value) && value.isCut ? [[name, value] as const] : []));

function Facts({ view, row, rows }: Omit<HistoryDetailProps, "onClose">) {
  const { event } = row.item;
  const answered = row.ofSeq === null ? undefined : rows.find(({ seq }) => seq === row.ofSeq);
  const ran = "ran" in event ? event.ran : undefined;
  const by = "by" in event ? event.by : undefined;
  const trace = "trace" in event ? event.trace : undefined;
  const other = "instanceId" in event ? event.instanceId : undefined;
  return (
    <dl class="kv">
      {row.of !== "" && (
        <Fact name="Of">
          {row.of}
          {answered !== undefined && (
            <>
              {", "}
              <a class="link" href={hrefOf("instance", [view.id, "history"], { event: String(eventNo(answered.seq)) })}>
                event {eventNo(answered.seq)}
              </a>
            </>
          )}
        </Fact>
      )}
      <Fact name="At">
        <ExactTime at={row.at} />
      </Fact>
      {ran !== undefined && answered !== undefined && <Fact name="In line">{durationText(split(answered.at, row.at, ran).inLine)}</Fact>}
      {ran !== undefined && (
        <Fact name="Ran">
          {durationText(ran)}
          {by !== undefined && (
            <>
              {" on "}
              <a class="link" href={hrefOf("workers")}>
                worker {by}
              </a>
            </>
          )}
        </Fact>
      )}
      {other !== undefined && (
        <Fact name="Instance">
          <a class="link mono" href={instanceHref(other)}>
            {other}
          </a>
        </Fact>
      )}
      {trace !== undefined && (
        <Fact name="Trace">
          <span class="mono">{trace.traceparent.split("-")[1] ?? trace.traceparent}</span>
        </Fact>
      )}
    </dl>
  );
}
