import type { ScheduleInfo } from "../../api/wire.ts";
import { roughText } from "../../model/durations.ts";
import { counted } from "../../model/numbers.ts";
import { instanceHref } from "../../model/routes.ts";
import { actOnSchedule } from "../../state/acts.ts";
import { can, clock } from "../../state/hub.ts";
import { readSchedules } from "../../state/reads.ts";
import { useLive } from "../../state/resource.ts";
import { say, sayProblem } from "../../state/toasts.ts";
import { Icon } from "../../widgets/icon.tsx";
import { Notice, Page } from "../../widgets/page.tsx";
import { ScrollArea } from "../../widgets/scroll-area.tsx";
import { Problem } from "../common/problem.tsx";
import { useSending } from "../common/sending.ts";
import { TimeOf } from "../common/time.tsx";

const AGAIN_MS = 3_000;

/** When what is started next, what came of the last time, and the switch for each. */
export function SchedulesScreen() {
  const live = useLive(readSchedules, { key: "", everyMs: AGAIN_MS });
  const { value, error } = live.state.value;
  const schedules = value?.schedules ?? [];
  return (
    <Page>
      <Problem error={error} />
      {value !== null && schedules.length === 0 && (
        <Notice title="There is no schedule">
          <p class="muted">
            An app has one when it exports a schedule or a timer: docs/guides/schedules.md. Timer triggers of Azure apps are schedules too.
          </p>
        </Notice>
      )}
      {schedules.length > 0 && (
        <section class="grid closed">
          <header>
            <Icon name="schedule" />
            <h2>Schedules</h2>
            <span class="dim">{counted(schedules.filter(({ state }) => state === "active").length, "active", "active")}</span>
          </header>
          <ScrollArea look="sideways" label="Schedules, sideways">
            <table class="schedules">
              <thead>
                <tr>
                  <th class="s-name">Name</th>
                  <th class="s-state">State</th>
                  <th class="s-cron">When</th>
                  <th class="s-starts">Starts</th>
                  <th class="s-next">Next</th>
                  <th>Last</th>
                  <th class="s-acts">
                    <span class="visually-hidden">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {schedules.map((one) => (
                  <ScheduleRow key={one.name} one={one} onChange={live.again} />
                ))}
              </tbody>
            </table>
          </ScrollArea>
        </section>
      )}
    </Page>
  );
}

const STATE_OF = { active: "completed", paused: "suspended", removed: "terminated", ended: "terminated" } as const;
const STATE_TEXTS = { active: "Active", paused: "Paused", removed: "Removed", ended: "Ended" } as const;

function ScheduleRow({ one, onChange }: { readonly one: ScheduleInfo; readonly onChange: () => void }) {
  const { name, state, cron, timeZone, starts, next, overlap, catchUp } = one;
  const rules = `${overlap === "skip" ? "leaves out a time while the one before runs" : "may run beside the one before"}; ${
    catchUp === "once" ? "makes up for missed times once" : "does not make up for missed times"
  }`;
  return (
    <tr>
      <td class="fn" title={rules}>
        {name}
      </td>
      <td>
        <span class="st plain" data-s={STATE_OF[state]}>
          {state === "active" ? <span class="live" /> : <Icon name={state === "paused" ? "pause" : "stop"} isSmall />}
          {STATE_TEXTS[state]}
        </span>
      </td>
      <td title={`${cron}, ${timeZone}`}>
        <span class="mono">{cron}</span> <span class="dim small">{timeZone}</span>
      </td>
      <td class="muted">{starts ?? ""}</td>
      <td class="num">
        {next !== null && (
          <>
            <TimeOf at={next} hasTime /> <span class="dim small">{next > clock.value ? `in ${roughText(next - clock.value)}` : "due"}</span>
          </>
        )}
      </td>
      <td>
        <LastTime one={one} />
      </td>
      <td class="right">
        {can("schedules") && (state === "active" || state === "paused") && <ScheduleActs one={one} onChange={onChange} />}
      </td>
    </tr>
  );
}

function LastTime({ one: { last, lastInstanceId, lastProblem } }: { readonly one: ScheduleInfo }) {
  if (lastProblem !== null)
    return (
      <span class="bad" title={lastProblem}>
        {lastProblem}
      </span>
    );
  if (last === null) return <span class="dim">never</span>;
  return (
    <span class="num">
      <TimeOf at={last} hasTime />{" "}
      {lastInstanceId !== null && (
        <a class="link mono small" title={lastInstanceId} href={instanceHref(lastInstanceId)}>
          {lastInstanceId}
        </a>
      )}
    </span>
  );
}

function ScheduleActs({ one: { name, state }, onChange }: { readonly one: ScheduleInfo; readonly onChange: () => void }) {
  const isPaused = state === "paused";
  const sending = useSending(sayProblem);
  const send = (action: "pause" | "resume" | "trigger", done: string): void =>
    sending.send(async () => {
      await actOnSchedule(name, action);
      say(done);
      onChange();
    });
  return (
    <span class="row acts">
      <button
        type="button"
        class="btn s"
        aria-label={`Start ${name} now`}
        disabled={sending.isSending}
        onClick={() => send("trigger", `${name} is started now.`)}
      >
        <Icon name="play" isSmall />
        Now
      </button>
      <button
        type="button"
        class="btn s"
        aria-label={`${isPaused ? "Resume" : "Pause"} ${name}`}
        disabled={sending.isSending}
        onClick={() => (isPaused ? send("resume", `${name} is active again.`) : send("pause", `${name} is paused.`))}
      >
        <Icon name={isPaused ? "play" : "pause"} isSmall />
        {isPaused ? "Resume" : "Pause"}
      </button>
    </span>
  );
}
