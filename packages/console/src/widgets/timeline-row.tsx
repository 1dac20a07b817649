import type { Zone } from "../model/time-text.ts";
import { clockText } from "../model/time-text.ts";
import type { Point, PointKind, Segment, TimelineRow } from "../model/timeline.ts";
import type { TimeScale } from "../model/timeline-scale.ts";
import { placeOf } from "../model/timeline-scale.ts";
import { lengthText } from "../model/timeline-text.ts";
import type { Tick } from "../model/timeline-ticks.ts";
import { breaksOf } from "../model/timeline-ticks.ts";

/** Of one row, px: bars stand in the middle. */
export const ROW_HEIGHT = 30;
const AXIS_HEIGHT = 28;
const MIDDLE = ROW_HEIGHT / 2;
/** A bar is never invisible. */
const LEAST_WIDTH = 2;
/** Roughly, of a letter beside a bar. */
const LETTER = 6.2;

export interface RowBarsProps {
  readonly row: TimelineRow;
  readonly scale: TimeScale;
  readonly ticks: readonly Tick[];
}

/** Decoration: all of it is told as text in the cell beside it. */
export function RowBars({ row, scale, ticks }: RowBarsProps) {
  const { kind, segments, points } = row;
  return (
    <svg class="bars" width={scale.width} height={ROW_HEIGHT} aria-hidden="true">
      <path class="rule" d={ticks.map(({ place }) => `M${px(place)} 0v${ROW_HEIGHT}`).join("")} />
      {segments.map((segment, index) => (
        <Bar key={index} segment={segment} scale={scale} isOpenEnd={isEndless(row, segment, index)} />
      ))}
      {kind === "instance" && <Episodes points={points} scale={scale} />}
      {apart(points, scale).map(({ kind: point, x }) => (
        <PointMark key={`${point}${x}`} kind={point} x={x} />
      ))}
      <Due row={row} scale={scale} />
      <Breaks scale={scale} />
      {scale.isOpen && <path class="now" d={`M${px(placeOf(scale, scale.until))} 0v${ROW_HEIGHT}`} />}
      <Length row={row} scale={scale} />
    </svg>
  );
}

/** What is due later is drawn on to there. */
const isEndless = ({ dueAt, segments }: TimelineRow, { to, kind }: Segment, index: number): boolean =>
  to === null && dueAt !== null && index === segments.length - 1 && (kind === "timer" || kind === "pause");

function Bar({ segment, scale, isOpenEnd }: { readonly segment: Segment; readonly scale: TimeScale; readonly isOpenEnd: boolean }) {
  const { kind, from, to, isFailed } = segment;
  const x = placeOf(scale, from);
  const end = isOpenEnd ? scale.width - 8 : placeOf(scale, to ?? scale.until);
  const width = Math.max(LEAST_WIDTH, end - x);
  switch (kind) {
    case "pause":
      return isOpenEnd ? null : <path class="line pause" d={`M${px(x + 3)} ${MIDDLE}H${px(Math.max(x + 3, end - 2))}`} />;
    case "timer":
      return isOpenEnd ? null : <Wait look="timer" x={x} end={end} />;
    case "event":
      return <Wait look="event" x={x} end={end} />;
    case "instance":
    case "child":
      return <rect class={`bar span ${isFailed ? "failed" : ""}`} x={px(x)} y={8} width={px(width)} height={14} rx={4} />;
    case "suspended":
      return <rect class="bar suspended" x={px(x)} y={11} width={px(width)} height={8} rx={2} />;
    case "inLine":
      return <rect class="bar in-line" x={px(x)} y={10.5} width={px(width)} height={9} rx={2} />;
    case "unsplit":
      return <rect class={`bar unsplit ${isFailed ? "failed" : ""}`} x={px(x)} y={9.5} width={px(width)} height={11} rx={3} />;
    case "held":
      return <rect class="bar held" x={px(x)} y={9} width={px(width)} height={12} rx={3} />;
    case "ran":
      return (
        <>
          <rect class={`bar ran ${isFailed ? "failed" : ""}`} x={px(x)} y={9} width={px(width)} height={12} rx={3} />
          {isFailed && <path class="cross" d={`M${px(Math.max(x + width / 2 - 2.5, x + width - 10))} 12.5l5 5m0-5l-5 5`} />}
        </>
      );
  }
}

function Wait({ look, x, end }: { readonly look: "timer" | "event"; readonly x: number; readonly end: number }) {
  return (
    <>
      <path class={`line ${look}`} d={`M${px(x)} ${MIDDLE}H${px(Math.max(x + LEAST_WIDTH, end))}`} />
      <path class={`line ${look} solid`} d={`M${px(x)} 10v10`} />
    </>
  );
}

/** A line to when it goes on by itself, as far as there is room: a ring at the time, or an arrow that leaves the picture. */
function Due({ row, scale }: { readonly row: TimelineRow; readonly scale: TimeScale }) {
  const last = row.segments.at(-1);
  if (last === undefined || row.dueAt === null || !isEndless(row, last, row.segments.length - 1)) return null;
  const look = last.kind === "pause" ? "pause" : "timer";
  const x = placeOf(scale, last.from) + (look === "pause" ? 3 : 0);
  const isBeyond = row.dueAt > scale.to;
  const end = isBeyond ? scale.width - 6 : Math.max(x, placeOf(scale, row.dueAt));
  return (
    <>
      <path class={`line ${look}`} d={`M${px(x)} ${MIDDLE}H${px(isBeyond ? end : Math.max(x, end - 5))}`} />
      {look === "timer" && <path class="line timer" d={`M${px(x)} 10v10`} />}
      {isBeyond ? (
        <path class={`line ${look} solid arrow`} d={`M${px(end - 4)} 11l5 4-5 4`} />
      ) : (
        <circle class={`ring ${look}`} cx={px(end)} cy={MIDDLE} r={4} />
      )}
    </>
  );
}

/** Thousands of them are one path, and of those that would lie on another only one is drawn. */
function Episodes({ points, scale }: { readonly points: readonly Point[]; readonly scale: TimeScale }) {
  const places = new Set(points.flatMap(({ kind, at }) => (kind === "episode" ? [Math.round(placeOf(scale, at))] : [])));
  return <path class="episode" d={[...places].map((x) => `M${x} 8v14`).join("")} />;
}

function apart(points: readonly Point[], scale: TimeScale): readonly { readonly kind: PointKind; readonly x: number }[] {
  const marks = new Map<string, { readonly kind: PointKind; readonly x: number }>();
  for (const { kind, at } of points) {
    const x = Math.round(placeOf(scale, at));
    if (kind !== "episode") marks.set(`${kind}${x}`, { kind, x });
  }
  return [...marks.values()];
}

function PointMark({ kind, x }: { readonly kind: PointKind; readonly x: number }) {
  switch (kind) {
    case "episode":
      return null;
    case "raised":
      return <path class="point raised" d={`M${px(x)} 10l4.5 5-4.5 5-4.5-5Z`} />;
    case "sent":
      return <path class="point sent" d={`M${px(x - 3)} 10.5l7 4.5-7 4.5Z`} />;
    case "takeover":
      return (
        <>
          <path class="takeover" d={`M${px(x)} 3v24`} />
          <path class="point takeover" d={`M${px(x - 4.5)} 2h9l-4.5 6Z`} />
        </>
      );
    case "edited":
    case "patch":
      return <path class={`point ${kind}`} d={`M${px(x)} 4l4 4-4 4-4-4Z`} />;
  }
}

function Breaks({ scale }: { readonly scale: TimeScale }) {
  return (
    <>
      {scale.pieces
        .filter(({ isBreak }) => isBreak)
        .map(({ left, right, from }) => {
          const [a, b] = [left + 4, right - 4];
          return (
            <g key={from}>
              <rect class="gap" x={px(a)} y={0} width={px(Math.max(0, b - a))} height={ROW_HEIGHT} />
              <path class="zigzag" d={`${zigzag(a)}${zigzag(b)}`} />
            </g>
          );
        })}
    </>
  );
}

/** Meets that of the row below. */
const zigzag = (x: number): string => `M${px(x - 4)} 0l8 ${MIDDLE}l-8 ${MIDDLE}`;

/** Behind the bar, or in front of it where there is no room behind. What is open has it beside its name. */
function Length({ row, scale }: { readonly row: TimelineRow; readonly scale: TimeScale }) {
  if (row.end === null || row.kind === "instance") return null;
  const text = lengthText(row, row.end);
  const width = text.length * LETTER + 8;
  const behind = placeOf(scale, row.end) + 7;
  if (
    behind + width <= scale.width &&
    (!scale.isOpen || behind + width <= placeOf(scale, scale.until) || behind > placeOf(scale, scale.until))
  )
    return (
      <text class="length" x={px(behind)} y={MIDDLE + 4}>
        {text}
      </text>
    );
  const before = placeOf(scale, row.start) - 7;
  return before - width < 0 ? null : (
    <text class="length" x={px(before)} y={MIDDLE + 4} text-anchor="end">
      {text}
    </text>
  );
}

/** Times of day and since the beginning, the breaks with their length, and now. */
export function TimeAxis({ scale, ticks, zone }: { readonly scale: TimeScale; readonly ticks: readonly Tick[]; readonly zone: Zone }) {
  const now = scale.isOpen ? placeOf(scale, scale.until) : null;
  return (
    <svg class="bars axis" width={scale.width} height={AXIS_HEIGHT} aria-hidden="true">
      {ticks.map(({ at, place, text }) => (
        <g key={at}>
          <path class="rule" d={`M${px(place)} 22v6`} />
          <text x={px(place + 4)} y={17}>
            {text ?? clockText(at, zone)}
          </text>
        </g>
      ))}
      {breaksOf(scale).map(({ place, text }) => (
        <text key={place} class="gap-text" x={px(beside(place, text, now))} y={17} text-anchor="middle">
          {text}
        </text>
      ))}
      {now !== null && (
        <>
          <path class="now" d={`M${px(now)} 18v10`} />
          <rect class="now-pill" x={px(now - 15)} y={3} width={30} height={16} rx={8} />
          <text class="now-text" x={px(now)} y={14.5} text-anchor="middle">
            now
          </text>
        </>
      )}
    </svg>
  );
}

/** A label in the middle of its place, or as far to the left of it as the mark of now needs. */
const beside = (place: number, text: string, now: number | null): number =>
  now === null ? place : Math.min(place, now - 19 - (text.length * LETTER) / 2);

/** Once on the page: what bars in line are filled with. */
export function BarPatterns() {
  return (
    <svg class="patterns" width={0} height={0} aria-hidden="true">
      <defs>
        <pattern id="hatch" width={5} height={5} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="hatch-ground" width={5} height={5} />
          <path class="hatch-line" d="M0 0v5" />
        </pattern>
        <pattern id="dots" width={6} height={6} patternUnits="userSpaceOnUse">
          <rect class="dots-ground" width={6} height={6} />
          <path class="dots-line" d="M1.5 1.5h1.2M4.5 4.5h1.2" />
        </pattern>
      </defs>
    </svg>
  );
}

const px = (value: number): string => String(Math.round(value * 10) / 10);
