import { clockText, dayText, exactClockText, utcText } from "../model/time-text.ts";

/** A time in the zone of the reader, with UTC for the pointer. `now`: the day is named by it; absent: the time of day alone. */
export function Time({ at, now, isExact = false }: { readonly at: number; readonly now?: number; readonly isExact?: boolean }) {
  const text = now !== undefined ? dayText(at, now) : isExact ? exactClockText(at) : clockText(at);
  return (
    <time class="num" dateTime={new Date(at).toISOString()} title={utcText(at)}>
      {text}
    </time>
  );
}
