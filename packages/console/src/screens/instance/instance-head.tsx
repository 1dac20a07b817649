import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import type { InstanceAction, InstanceDetail, InstanceRow, Wait } from "../../api/wire.ts";
import { ACTION_ICONS } from "../../design/icons.ts";
import { durationText, roughText } from "../../model/durations.ts";
import { filterQuery } from "../../model/filter-query.ts";
import { versionText } from "../../model/function-text.ts";
import { actionName, actionsFor, isDanger } from "../../model/instance-actions.ts";
import { countText, grouped } from "../../model/numbers.ts";
import { hrefOf, instanceHref } from "../../model/routes.ts";
import { shownStatus } from "../../model/shown-status.ts";
import { foldTimeline } from "../../model/timeline-fold.ts";
import { inLineOf } from "../../model/timeline-text.ts";
import { isOfPeople } from "../../model/why-text.ts";
import { can, clock, counts, tick } from "../../state/hub.ts";
import type { InstanceView } from "../../state/instance.ts";
import { CopyButton } from "../../widgets/copy-button.tsx";
import { Icon } from "../../widgets/icon.tsx";
import { Menu } from "../../widgets/menu.tsx";
import { StatusMark } from "../../widgets/status-mark.tsx";
import { TimeOf } from "../common/time.tsx";

/** Longer ones stand below, in a tab. */
const SHORT_STATUS = 60;
/** Of the actions so many are buttons; the rest are in a menu. */
const BUTTONS = 4;

export interface HeadProps {
  readonly view: InstanceView;
  readonly detail: InstanceDetail;
  readonly onAct: (action: InstanceAction) => void;
}

export function InstanceHead({ view, detail, onAct }: HeadProps) {
  const { row } = detail;
  return (
    <div class="head">
      <div class="title">
        <StatusMark status={shownStatus(row)} look="big" />
        <h1 class="id wrap-anywhere">{row.id}</h1>
        <CopyButton text={row.id} label="Copy the id" />
        {Object.entries(row.tags).map(([name, value]) => (
          <span class="chip" key={name}>
            {value === "" || value === "true" ? (
              name
            ) : (
              <>
                {name} <b>{value}</b>
              </>
            )}
          </span>
        ))}
        <Actions row={row} isAwaited={isAwaited(view.why.value?.waits ?? [])} onAct={onAct} />
      </div>
      <Facts view={view} detail={detail} />
    </div>
  );
}

/** There is nothing but an event to wait for, or a time: then raising it is what a person is here for. */
const isAwaited = (waits: readonly Wait[]): boolean => waits.some(({ kind }) => kind === "event") && waits.every(isOfPeople);

function Actions({
  row,
  isAwaited,
  onAct,
}: {
  readonly row: InstanceRow;
  readonly isAwaited: boolean;
  readonly onAct: HeadProps["onAct"];
}) {
  const isStopped = row.stopped !== null;
  const actions = actionsFor(row).filter(can);
  const shown = actions.slice(0, BUTTONS);
  const others = actions.slice(BUTTONS);
  return (
    <span class="spread row actions">
      {shown.map((action, index) => {
        const isFirst = index === 0 && (action === "rewind" || action === "resume" || (action === "raise-event" && isAwaited));
        return (
          <button
            type="button"
            key={action}
            class={`btn ${isDanger(action) ? "danger" : ""} ${isFirst ? "primary" : ""}`}
            aria-haspopup="dialog"
            aria-keyshortcuts={action === "raise-event" ? "e" : undefined}
            onClick={() => onAct(action)}
          >
            <Icon name={ACTION_ICONS[action]} isSmall />
            {actionName(action, isStopped)}
          </button>
        );
      })}
      {others.length > 0 && (
        <Menu
          text={<Icon name="more" isSmall />}
          label="More actions"
          look="btn icon-only"
          items={others.map((action) => ({
            value: action,
            text: actionName(action, isStopped),
            icon: ACTION_ICONS[action],
            isDanger: isDanger(action),
          }))}
          onChoose={(value) => {
            const chosen = others.find((action) => action === value);
            if (chosen !== undefined) onAct(chosen);
          }}
        />
      )}
    </span>
  );
}

function Facts({ view, detail }: { readonly view: InstanceView; readonly detail: InstanceDetail }) {
  const { row, owner, parent, customStatus } = detail;
  const now = clock.value;
  const { items } = view.history.value;
  const inLine = useMemo(() => inLineOf(foldTimeline(items).rows), [items]);
  const shortStatus =
    customStatus?.text != null && !customStatus.isCut && customStatus.text.length <= SHORT_STATUS ? customStatus.text : null;
  return (
    <dl class="facts">
      <Fact name="Orchestrator">{row.version === null ? row.name : `${row.name} ${versionText(row.version)}`}</Fact>
      <Fact name={row.startAt !== null && row.status === "Pending" ? "Created" : "Started"}>
        <TimeOf at={row.createdAt} hasDay />
      </Fact>
      {row.startAt !== null && row.status === "Pending" && (
        <Fact name="Starts">
          <TimeOf at={row.startAt} hasDay />
        </Fact>
      )}
      {row.completedAt === null ? <Running row={row} now={now} /> : <Ended row={row} completedAt={row.completedAt} />}
      {inLine !== null && inLine >= 100 && <Fact name="Of which in line">{durationText(inLine)}</Fact>}
      {row.completedAt === null && row.stopped === null && row.status !== "Pending" && (
        <Fact name="Worker">
          {owner === null ? `none, asleep since ` : `${owner.worker} · ${owner.host}${owner.isAlive ? "" : ", whose lease is over"}`}
          {owner === null && <TimeOf at={row.updatedAt} />}
        </Fact>
      )}
      {row.stopped !== null && <CodeOfNow />}
      {row.stopped !== null && <OthersStopped />}
      {parent !== null && (
        <Fact name="Parent">
          <a class="link mono" href={instanceHref(parent.id)}>
            {parent.id}
          </a>
        </Fact>
      )}
      {row.generation > 0 && <Fact name="Generation">{grouped(row.generation + 1)}</Fact>}
      {shortStatus !== null && (
        <Fact name="Custom status">
          <span class="mono">{shortStatus}</span>
        </Fact>
      )}
    </dl>
  );
}

/** Builds of the workers that live. */
function CodeOfNow() {
  const builds = new Set((tick.value?.workers ?? []).flatMap(({ state, build }) => (state === "live" && build !== null ? [build] : [])));
  return builds.size === 0 ? null : <Fact name="Code that runs now">{[...builds].join(", ")}</Fact>;
}

/** An edit that does not fit one does not fit others. */
function OthersStopped() {
  const all = counts.value?.stopped;
  if (all === undefined || all.n < 2) return null;
  return (
    <Fact name="Others that are stopped">
      <a class="link" href={hrefOf("instances", [], filterQuery({ stopped: true }))}>
        {countText({ n: all.n - 1, isExact: all.isExact })} more
      </a>
    </Fact>
  );
}

function Running({ row, now }: { readonly row: InstanceRow; readonly now: number }) {
  if (row.stopped !== null)
    return (
      <Fact name="Stands still since">
        <TimeOf at={row.stopped.at} hasDay />, {roughText(now - row.stopped.at)}
      </Fact>
    );
  return <Fact name={row.status === "Pending" ? "Waits for" : "Runs for"}>{roughText(now - row.createdAt)}</Fact>;
}

function Ended({ row, completedAt }: { readonly row: InstanceRow; readonly completedAt: number }) {
  return (
    <>
      <Fact name="Ended">
        <TimeOf at={completedAt} hasDay />
      </Fact>
      <Fact name="Took">{durationText(completedAt - row.createdAt)}</Fact>
      {row.status === "Terminated" && row.note !== null && <Fact name="Reason">{row.note}</Fact>}
    </>
  );
}

const Fact = ({ name, children }: { readonly name: string; readonly children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd class="num">{children}</dd>
  </div>
);
