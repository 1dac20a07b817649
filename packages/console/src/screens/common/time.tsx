import { roughText } from "../../model/durations.ts";
import { clockText, dayText, exactClockText, utcText } from "../../model/time-text.ts";
import { clock } from "../../state/hub.ts";
import { zone } from "../../state/zone.ts";

/** A time of today by its clock, another by its day; in UTC for a pointer. `hasDay`: both. `hasTime`: the clock for other days, too. */
export function TimeOf({
  at,
  hasDay = false,
  hasTime = false,
}: {
  readonly at: number;
  readonly hasDay?: boolean;
  readonly hasTime?: boolean;
}) {
  const text = dayText(at, clock.value, zone.value);
  const isToday = text.startsWith("today ");
  // In a column the day is enough of what is not of today.
  const shown = hasDay || (hasTime && !isToday) ? text : isToday ? clockText(at, zone.value) : text.replace(/ [\d:]+$/, "");
  return (
    <time dateTime={new Date(at).toISOString()} title={utcText(at)}>
      {shown}
    </time>
  );
}

/** To the millisecond, of one day. */
export function ExactTime({ at }: { readonly at: number }) {
  return (
    <time class="num" dateTime={new Date(at).toISOString()} title={utcText(at)}>
      {exactClockText(at, zone.value)}
    </time>
  );
}

/** How long since, by the second. */
export function Since({ at, suffix = "" }: { readonly at: number; readonly suffix?: string }) {
  return (
    <span class="num" title={utcText(at)}>
      {roughText(clock.value - at)}
      {suffix}
    </span>
  );
}
