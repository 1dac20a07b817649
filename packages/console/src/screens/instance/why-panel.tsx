import type { InstanceAction, PreviewText, Wait, Why } from "../../api/wire.ts";
import type { IconName } from "../../design/icons.ts";
import { CALL_ICONS } from "../../design/icons.ts";
import { instanceHref } from "../../model/routes.ts";
import { groupedWaits, nameOf, waitText, whyHeadline, withLocalTimes } from "../../model/why-text.ts";
import { can, clock } from "../../state/hub.ts";
import type { InstanceView } from "../../state/instance.ts";
import { zone } from "../../state/zone.ts";
import { Icon } from "../../widgets/icon.tsx";

/** So many are shown; the rest are counted. */
const SHOWN = 8;

const ICONS: Readonly<Record<Wait["kind"], IconName>> = {
  ...CALL_ICONS,
  retry: "activity",
};

export interface WhyPanelProps {
  readonly view: InstanceView;
  readonly onRaise: (event: string) => void;
  readonly onAct: (action: InstanceAction) => void;
}

/** Why it does not move, what of it a person can do something about, and the button for that beside it. */
export function WhyPanel({ view, onRaise, onAct }: WhyPanelProps) {
  const why = view.why.value;
  if (why === null || why.state === "ended") return null;
  const now = clock.value;
  const isWarning = why.outlook !== "fine";
  return (
    <section class={`why ${why.outlook === "stuck" ? "warn" : ""}`} aria-labelledby="why">
      <span class={isWarning ? "warn" : "asks"}>
        <Icon name={isWarning ? "warning" : "question"} />
      </span>
      <div class="stack">
        <h2 id="why">{whyHeadline(why, now, zone.value)}</h2>
        {why.advice !== null && <p class="muted">{withLocalTimes(why.advice, now, zone.value)}</p>}
        <Waits view={view} why={why} now={now} onRaise={onRaise} />
        {why.unread.length > 0 && <p class="muted small">{unreadText(why.unread)}</p>}
      </div>
      {why.state === "suspended" && can("resume") && (
        <button type="button" class="btn s" onClick={() => onAct("resume")}>
          Resume…
        </button>
      )}
    </section>
  );
}

interface WaitsProps extends Pick<WhyPanelProps, "view" | "onRaise"> {
  readonly why: Why;
  readonly now: number;
}

function Waits({ view, why, now, onRaise }: WaitsProps) {
  const { waits, more } = why;
  if (waits.length === 0) return null;
  const groups = groupedWaits(waits);
  const rest = more + groups.slice(SHOWN).reduce((sum, { count }) => sum + count, 0);
  return (
    <ul>
      {groups.slice(0, SHOWN).map(({ wait, count }) => (
        <WaitLine
          key={`${wait.kind}/${wait.eventId ?? ""}/${wait.name}`}
          view={view}
          wait={wait}
          count={count}
          now={now}
          onRaise={onRaise}
        />
      ))}
      {rest > 0 && <li class="rest">and {rest} more</li>}
    </ul>
  );
}

interface WaitLineProps extends Omit<WaitsProps, "why"> {
  readonly wait: Wait;
  readonly count: number;
}

function WaitLine({ view, wait, count, now, onRaise }: WaitLineProps) {
  const { kind, name, outlook, last, instanceId, eventId, attempt } = wait;
  const progress = kind === "activity" && count === 1 && eventId !== null ? view.progressOf(view.id, eventId, attempt ?? 1) : null;
  const canRaise = kind === "event" && can("raise-event");
  return (
    <li>
      <Icon name={ICONS[kind]} isSmall />
      <b class="wrap-anywhere">
        {nameOf(wait)}
        {count > 1 && <span class="dim light"> × {count}</span>}
      </b>
      <span class={outlook === "stuck" ? "warn" : undefined}>
        {waitText(wait, now, zone.value)}
        {progress?.said.text != null && (
          <>
            . Says: <span class="mono wrap-anywhere">{lineOf(progress.said)}</span>
          </>
        )}
        {last !== null && (
          <>
            . Last: <span class="bad">{last}</span>
          </>
        )}
      </span>
      {canRaise && (
        <button type="button" class="btn s" aria-haspopup="dialog" aria-label={`Raise event ${name}…`} onClick={() => onRaise(name)}>
          Raise…
        </button>
      )}
      {!canRaise && instanceId !== null && (
        <a class="btn s" href={instanceHref(instanceId)} aria-label={`Open ${instanceId}`}>
          Open
        </a>
      )}
    </li>
  );
}

/** Longer ones stand in the timeline, beside the row. */
const LINE = 120;

const lineOf = ({ text, isCut }: PreviewText): string => {
  const line = (text ?? "").replaceAll(/\s+/g, " ");
  return line.length <= LINE && !isCut ? line : `${line.slice(0, LINE).toWellFormed()}…`;
};

function unreadText(unread: Why["unread"]): string {
  const counts = new Map<string, number>();
  for (const { kind } of unread) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const parts = [...counts].map(([kind, count]) => (count === 1 ? kind : `${count} × ${kind}`));
  return `In its inbox, not read yet: ${parts.join(", ")}.`;
}
