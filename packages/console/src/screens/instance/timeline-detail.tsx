import type { ComponentChildren } from "preact";
import type { Progress } from "../../api/wire.ts";
import { ROW_ICONS } from "../../design/icons.ts";
import { durationText } from "../../model/durations.ts";
import { eventNo } from "../../model/event-no.ts";
import { hrefOf, instanceHref } from "../../model/routes.ts";
import type { Attempt, TimelineRow } from "../../model/timeline.ts";
import { dueText } from "../../model/why-text.ts";
import { clock } from "../../state/hub.ts";
import type { InstanceView } from "../../state/instance.ts";
import { CopyButton } from "../../widgets/copy-button.tsx";
import { Icon } from "../../widgets/icon.tsx";
import { JsonView } from "../../widgets/json-view.tsx";
import type { Tab } from "../../widgets/tabs.tsx";
import { Tabs } from "../../widgets/tabs.tsx";
import { PayloadPanel } from "../common/payload.tsx";
import { ExactTime, TimeOf } from "../common/time.tsx";
import { FailureView } from "./failure-view.tsx";

export interface TimelineDetailProps {
  readonly view: InstanceView;
  /** Instance that has the row in its history: this one, or a child. */
  readonly owner: string;
  readonly row: TimelineRow;
  /** Number of the attempt that is chosen; null: the last one. */
  readonly attempt: string | null;
  readonly onClose: () => void;
}

/** Beside the timeline: all that is known of one row. */
export function TimelineDetail({ view, owner, row, attempt, onClose }: TimelineDetailProps) {
  const { attempts } = row;
  const chosen = attempts.find(({ number }) => String(number) === attempt) ?? attempts.at(-1) ?? null;
  return (
    <aside class="right" aria-label={`About ${row.name}`}>
      <div class="panel">
        <div class="row">
          <Icon name={ROW_ICONS[row.kind]} />
          <b class="title wrap-anywhere">{row.kind === "event" ? `Event ${row.name}` : row.name}</b>
          {chosen !== null && <span class="dim">event {eventNo(chosen.scheduled.seq)}</span>}
          <span class="spread row">
            <CopyButton text={row.name} label="Copy the name" />
            <button type="button" class="btn ghost s icon-only" aria-label="Close" onClick={onClose}>
              <Icon name="cross" isSmall />
            </button>
          </span>
        </div>
        {attempts.length > 1 && <Attempts view={view} row={row} chosen={chosen} />}
      </div>
      {chosen === null ? <WaitFacts row={row} /> : <AttemptFacts view={view} row={row} attempt={chosen} owner={owner} />}
    </aside>
  );
}

function Attempts({ view, row, chosen }: { readonly view: InstanceView; readonly row: TimelineRow; readonly chosen: Attempt | null }) {
  const now = clock.value;
  const tabs = row.attempts.map(({ number, failure, ended }, index): Tab => {
    const state = failure !== null ? "failed" : ended === null ? "open" : "done";
    const href = hrefOf("instance", [view.id], { row: row.key, attempt: String(number) });
    return {
      id: String(number),
      label: index === 0 ? `Attempt ${number}` : String(number),
      href,
      count: state,
      tone: failure === null ? undefined : "bad",
    };
  });
  return (
    <Tabs label="Attempts" tabs={tabs} chosen={chosen === null ? null : String(chosen.number)}>
      {row.state === "open" && row.dueAt !== null && (
        <span class="next dim small">
          {row.attempts.length + 1} {dueText(row.dueAt, now)}
        </span>
      )}
    </Tabs>
  );
}

interface AttemptProps extends Pick<TimelineDetailProps, "view" | "row" | "owner"> {
  readonly attempt: Attempt;
}

function AttemptFacts({ view, row, attempt, owner }: AttemptProps) {
  const { inLine, ran, total, worker, scheduled, ended, failure, nextAt, input, result } = attempt;
  const now = clock.value;
  return (
    <>
      <dl class="kv">
        <Fact name="Asked for">
          <ExactTime at={scheduled.event.ts} />
        </Fact>
        {inLine !== null && <Fact name="In line">{durationText(inLine)}</Fact>}
        {ran !== null && (
          <Fact name="Ran">
            {durationText(ran)}
            {worker !== null && (
              <>
                {" on "}
                <a class="link" href={hrefOf("workers")}>
                  worker {worker}
                </a>
              </>
            )}
          </Fact>
        )}
        {ran === null && <Fact name={total === null ? "Since" : "Took"}>{durationText(total ?? now - scheduled.event.ts)}</Fact>}
        {row.instanceId !== null && (
          <Fact name="Instance">
            <a class="link mono" href={instanceHref(row.instanceId)}>
              {row.instanceId}
            </a>
          </Fact>
        )}
        {nextAt !== null && (
          <Fact name="Next">
            <ExactTime at={nextAt} />, then attempt {attempt.number + 1}
          </Fact>
        )}
        <Fact name="History">
          <a class="link" href={hrefOf("instance", [owner, "history"], { event: String(eventNo((ended ?? scheduled).seq)) })}>
            {ended === null ? `event ${eventNo(scheduled.seq)}` : `events ${eventNo(scheduled.seq)} and ${eventNo(ended.seq)}`}
          </a>
        </Fact>
      </dl>
      {ended === null && <ProgressPanel progress={view.progressOf(owner, attempt.eventId, attempt.number)} />}
      {failure !== null && <FailureView failure={failure} />}
      {input !== null && <PayloadPanel id={owner} title="Input" preview={input} />}
      {result !== null && <PayloadPanel id={owner} title="Result" preview={result} />}
    </>
  );
}

/** As the activity has said it last. */
function ProgressPanel({ progress }: { readonly progress: Progress | null }) {
  if (progress === null) return null;
  const { said, at } = progress;
  return (
    <div class="panel">
      <h3>
        Progress <span class="dim light">{durationText(Math.max(0, clock.value - at))} ago</span>
      </h3>
      {said.text === null ? <p class="dim">This host shows no payloads.</p> : <JsonView text={said.text} label="Progress" />}
      {said.isCut && said.text !== null && <p class="dim small">This is its beginning.</p>}
    </div>
  );
}

/** Of what nobody works at: a timer, a wait for an event, a lock, the instance itself. */
function WaitFacts({ row }: { readonly row: TimelineRow }) {
  const now = clock.value;
  const { start, end, dueAt, kind, points, segments } = row;
  const held = segments.find((segment) => segment.kind === "held");
  return (
    <dl class="kv">
      <Fact name={kind === "instance" ? "Started" : kind === "message" ? "Sent" : "Since"}>
        <TimeOf at={start} hasDay />
      </Fact>
      {kind === "timer" && dueAt !== null && (
        <Fact name="Due">
          <TimeOf at={dueAt} hasDay />
        </Fact>
      )}
      {held !== undefined && (
        <Fact name="Locked">
          <ExactTime at={held.from} />
        </Fact>
      )}
      {end !== null && end > start && (
        <Fact name={row.state === "canceled" ? "Given up" : "Ended"}>
          <TimeOf at={end} hasDay />
        </Fact>
      )}
      {(end ?? now) > start && <Fact name={end === null ? "For" : "Took"}>{durationText((end ?? now) - start)}</Fact>}
      {points
        .filter((point) => point.kind !== "episode")
        .map(({ at, text }) => (
          <Fact key={`${at}${text}`} name={<ExactTime at={at} />}>
            {text}
          </Fact>
        ))}
      {kind === "instance" && <Fact name="Episodes">{points.filter((point) => point.kind === "episode").length}</Fact>}
    </dl>
  );
}

export function Fact({ name, children }: { readonly name: ComponentChildren; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd class="wrap-anywhere">{children}</dd>
    </>
  );
}
