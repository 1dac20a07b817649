import { durationText, roughText } from "./durations.ts";
import { versionText } from "./function-text.ts";
import type { Zone } from "./time-text.ts";
import { dayText, exactClockText } from "./time-text.ts";
import type { Attempt, RowKind, TimelineRow } from "./timeline.ts";
import { merged } from "./timeline-scale.ts";

/** In line is told beside the bar when it is this part of the whole, or as long as this. */
const WORTH_TELLING = 0.1;
const LONG_MS = 1_000;

/** Beside the bar: `2.4 s`; `6.2 + 14.0 s` in line and running; `45 m left`. */
export function lengthText(row: TimelineRow, now: number): string {
  const { start, end, attempts, state, dueAt, kind } = row;
  if (start === end && row.segments.length === 0) return "";
  if (state === "open" && kind === "timer" && dueAt !== null) return dueAt <= now ? "due" : `${roughText(dueAt - now)} left`;
  const [only] = attempts;
  if (attempts.length === 1 && only?.inLine != null && only.ran !== null && isWorthTelling(only.inLine, only.ran))
    return sumText(only.inLine, only.ran);
  return durationText((end ?? now) - start);
}

const isWorthTelling = (inLine: number, ran: number): boolean =>
  inLine >= 100 && (inLine >= LONG_MS || inLine >= (inLine + ran) * WORTH_TELLING);

/** The unit once, if both have it. */
function sumText(inLine: number, ran: number): string {
  const [first, second] = [durationText(inLine), durationText(ran)];
  const unit = / s$/;
  return unit.test(first) && unit.test(second) && !first.includes("m ") && !second.includes("m ")
    ? `${first.replace(unit, "")} + ${second}`
    : `${first} + ${second}`;
}

/** Behind the name. */
export function noteText(row: TimelineRow): string {
  const { kind, attempts, note, state } = row;
  if (kind === "activity" || kind === "child") {
    const count = attempts.length;
    const tries = count > 1 ? (state === "open" ? `attempt ${attempts.at(-1)?.number ?? count}` : `${count} attempts`) : "";
    return [note, tries].filter((part) => part !== "").join(" · ");
  }
  if (kind === "instance") return note === "" ? "" : versionText(note);
  return note;
}

const WORDS: Readonly<Record<RowKind, string>> = {
  instance: "orchestration",
  activity: "activity",
  child: "sub-orchestration",
  entity: "operation of an entity",
  lock: "lock of entities",
  timer: "timer",
  event: "event",
  message: "message",
};

/** All that the bars show, as a sentence for who does not see them. */
export function rowSentence(row: TimelineRow, now: number, zone: Zone = "local"): string {
  const { kind, name, start, end, state, dueAt, attempts } = row;
  const note = noteText(row);
  const what = `${WORDS[kind]} ${kind === "timer" ? "" : name}${note === "" ? "" : `, ${note}`}`.trimEnd();
  const parts = [what, `from ${exactClockText(start, zone)}`];
  if (end !== start || row.segments.length > 0) parts.push(`${durationText((end ?? now) - start)} in all`);
  for (const attempt of attempts) parts.push(attemptText(attempt, attempts.length));
  for (const point of row.points) if (point.kind !== "episode") parts.push(`${point.text} at ${exactClockText(point.at, zone)}`);
  if (state === "open" && dueAt !== null) parts.push(`due ${dayText(dueAt, now, zone)}`);
  parts.push(STATES[state]);
  return parts.join(", ");
}

const STATES: Readonly<Record<TimelineRow["state"], string>> = {
  open: "open",
  done: "done",
  failed: "failed",
  canceled: "not waited for any more",
};

function attemptText({ number, inLine, ran, total, worker, failure }: Attempt, count: number): string {
  const who = count > 1 ? `attempt ${number}: ` : "";
  const times =
    inLine !== null && ran !== null
      ? `in line ${durationText(inLine)}, ran ${durationText(ran)}${worker === null ? "" : ` on worker ${worker}`}`
      : total === null
        ? "not over"
        : `took ${durationText(total)}, in line and running together`;
  return `${who}${times}${failure === null ? "" : `, failed with ${failure.errorType}: ${failure.message.split("\n", 1)[0]}`}`;
}

/** For the head of the page: the time in which at least one call was in line. Null: its history does not say. */
export function inLineOf(rows: readonly TimelineRow[]): number | null {
  const spans = rows.flatMap(({ segments }) =>
    segments.flatMap(({ kind, from, to }) => (kind === "inLine" && to !== null ? [{ from, to }] : [])),
  );
  return spans.length === 0 ? null : merged(spans).reduce((sum, { from, to }) => sum + to - from, 0);
}
