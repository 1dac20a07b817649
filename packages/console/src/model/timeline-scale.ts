import type { TimelineRow } from "./timeline.ts";
import { isIdle } from "./timeline.ts";

/** Where times stand on a line of a width: rising, and without gaps. A break is a long wait that is drawn short. */
export interface TimeScale {
  readonly pieces: readonly ScalePiece[];
  readonly from: number;
  readonly to: number;
  /** Now, or the end: behind it there is only what is due. */
  readonly until: number;
  readonly isOpen: boolean;
  readonly width: number;
}

export interface ScalePiece {
  readonly from: number;
  readonly to: number;
  readonly left: number;
  readonly right: number;
  readonly isBreak: boolean;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** A wait of more than this part of what is drawn is drawn short. */
const LONGEST_WAIT = 1 / 10;
/** Width of a break, and of all breaks together, of the whole. */
const BREAK = 0.04;
const ALL_BREAKS = 0.4;

/** Part of the width that is left for what comes. */
const FUTURE = 0.08;

/** `to`: the end, or now, with room for what comes. `compresses` false: all times to one measure. */
export function timeScale(params: {
  readonly rows: readonly TimelineRow[];
  readonly from: number;
  readonly to: number;
  readonly isOpen: boolean;
  readonly width: number;
  readonly compresses: boolean;
}): TimeScale {
  const { from, compresses, isOpen } = params;
  const width = params.width * (isOpen ? 1 - FUTURE : 1);
  const to = Math.max(params.to, from + 1);
  const breaks = compresses ? longWaits(quietSpans(params.rows, from, to), to - from) : [];
  const breakWidth = Math.min(BREAK, ALL_BREAKS / Math.max(1, breaks.length)) * width;
  const drawn = breaks.reduce((rest, span) => rest - (span.to - span.from), to - from);
  const perMs = (width - breakWidth * breaks.length) / drawn;
  const pieces: ScalePiece[] = [];
  const add = (span: Span, isBreak: boolean): void => {
    const left = pieces.at(-1)?.right ?? 0;
    const right = left + (isBreak ? breakWidth : (span.to - span.from) * perMs);
    if (span.to > span.from) pieces.push({ ...span, left, right, isBreak });
  };
  let at = from;
  for (const span of breaks) {
    add({ from: at, to: span.from }, false);
    add(span, true);
    at = span.to;
  }
  const end = isOpen ? to + (params.width - width) / perMs : to;
  add({ from: at, to: end }, false);
  return { pieces, from, to: end, until: to, isOpen, width: params.width };
}

/** Times outside stand at its ends. */
export function placeOf({ pieces, width }: TimeScale, at: number): number {
  for (const { from, to, left, right } of pieces) {
    if (at < from) return left;
    if (at <= to) return left + ((at - from) / (to - from)) * (right - left);
  }
  return width;
}

interface Quiet {
  /** Times in which nothing begins, ends or runs. */
  readonly spans: readonly Span[];
  readonly hasOthers: boolean;
}

function quietSpans(rows: readonly TimelineRow[], from: number, to: number): Quiet {
  const borders = new Set([from, to]);
  const busy: Span[] = [];
  for (const { segments, points } of rows) {
    for (const segment of segments) {
      const end = segment.to ?? to;
      borders.add(segment.from).add(end);
      if (!isIdle(segment)) busy.push({ from: segment.from, to: end });
    }
    for (const { at } of points) borders.add(at);
  }
  const sorted = [...borders].filter((at) => at >= from && at <= to).sort((a, b) => a - b);
  const covered = merged(busy);
  const quiet: Span[] = [];
  let next = 0;
  for (let index = 1; index < sorted.length; index++) {
    const span = { from: sorted[index - 1] ?? from, to: sorted[index] ?? to };
    while ((covered[next]?.to ?? Number.POSITIVE_INFINITY) <= span.from) next++;
    if ((covered[next]?.from ?? Number.POSITIVE_INFINITY) >= span.to) quiet.push(span);
  }
  return { spans: quiet, hasOthers: covered.length > 0 };
}

/** Without overlaps, in rising order. */
export function merged(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && span.from <= last.to) result[result.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else result.push(span);
  }
  return result;
}

/** A little beside what begins and ends stays drawn to scale, so that one sees the wait begin. Of what is left without the breaks. */
const MARGIN = 0.05;
/** Where nothing runs at all, waits do not make room for less than this part of the whole. */
const SHORTEST_REST = 1e-4;
/** Together they are at least this part of it: else there is little to gain, and one measure is easier to read. */
const LEAST_GAIN = 3 / 5;

/**
 * Those of more than a tenth of what is left when the longer ones are gone: beside a wait of a day one of an hour is short, and long beside the
 * second in which everything else happens. When nothing else happens there is nothing to make room for.
 */
function longWaits({ spans, hasOthers }: Quiet, whole: number): readonly Span[] {
  const byLength = spans.toSorted((a, b) => b.to - b.from - (a.to - a.from));
  const chosen: Span[] = [];
  let rest = whole;
  for (const span of byLength) {
    const length = span.to - span.from;
    const left = rest - length;
    if (length <= rest * LONGEST_WAIT || left <= 0 || (!hasOthers && left < whole * SHORTEST_REST)) break;
    chosen.push(span);
    rest = left;
  }
  if (whole - rest < whole * LEAST_GAIN) return [];
  const margin = rest * MARGIN;
  return chosen
    .map(({ from, to }) => ({ from: from + Math.min(margin, (to - from) / 3), to: to - Math.min(margin, (to - from) / 3) }))
    .sort((a, b) => a.from - b.from);
}
