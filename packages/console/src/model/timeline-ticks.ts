import { DAY, durationText, HOUR, MINUTE, SECOND } from "./durations.ts";
import type { ScalePiece, TimeScale } from "./timeline-scale.ts";
import { placeOf } from "./timeline-scale.ts";

export interface Tick {
  readonly at: number;
  readonly place: number;
  /** Null: the beginning, and what is hours later to the second, are told as a time of day. */
  readonly text: string | null;
}

export interface Break {
  readonly place: number;
  readonly text: string;
}

const STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 20, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((count) => count * DAY),
];

/** Least room for a label, px. */
const ROOM = 84;

/** Round times since the beginning, as close as their labels allow; none where a break has its own label. */
export function ticksOf(scale: TimeScale): readonly Tick[] {
  const first: Tick = { at: scale.from, place: 0, text: null };
  const ticks = [first];
  const breaks = scale.pieces.filter((piece) => piece.isBreak).map((piece) => (piece.left + piece.right) / 2);
  // The mark of now stands above its line.
  const last = scale.isOpen ? placeOf(scale, scale.until) - ROOM : scale.width - ROOM / 2;
  for (const piece of scale.pieces) {
    if (piece.isBreak) continue;
    const { step, times } = timesIn(piece, scale.from);
    for (const at of times) {
      const place = placeOf(scale, at);
      const isFree = place - (ticks.at(-1)?.place ?? 0) >= ROOM && breaks.every((middle) => Math.abs(middle - place - 20) >= ROOM / 2 + 8);
      if (isFree && place <= last) ticks.push({ at, place, text: sinceText(at - scale.from, step) });
    }
  }
  return ticks;
}

function timesIn({ from, to, left, right }: ScalePiece, origin: number): { readonly step: number; readonly times: readonly number[] } {
  const msPerRoom = ((to - from) / Math.max(1, right - left)) * ROOM;
  const step = STEPS.find((candidate) => candidate >= msPerRoom) ?? 1_000 * DAY;
  const times: number[] = [];
  for (let at = origin + Math.ceil((from - origin) / step) * step; at <= to; at += step) if (at > origin) times.push(at);
  return { step, times };
}

/** `+20 s`, `+80 s`, `+2 m`, `+250 ms`: up to two minutes in seconds, as they are counted. Null: hours later seconds are not told so, but by the time of day. */
function sinceText(ms: number, step: number): string | null {
  if ((ms >= HOUR && step < MINUTE) || (ms >= DAY && step < HOUR)) return null;
  if (ms < SECOND) return `+${Math.round(ms)} ms`;
  if (ms < 2 * MINUTE) return `+${Number((ms / SECOND).toFixed(1))} s`;
  return `+${durationText(ms)}`;
}

export const breaksOf = ({ pieces }: TimeScale): readonly Break[] =>
  pieces
    .filter(({ isBreak }) => isBreak)
    .map(({ from, to, left, right }) => ({ place: (left + right) / 2, text: durationText(to - from) }));
