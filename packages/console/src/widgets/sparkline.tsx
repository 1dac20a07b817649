import { hourBars, sparkline } from "../model/sparkline.ts";

export type Tone = "accent" | "run" | "warn" | "bad";

/** How a number went; the number itself is beside it. Drawn in the colour of the tone. */
export function Spark({
  values,
  tone,
  width = 90,
  height = 26,
}: {
  readonly values: readonly number[];
  readonly tone: Tone;
  readonly width?: number;
  readonly height?: number;
}) {
  const drawn = sparkline(values, width, height);
  return (
    <svg class={`spark tone-${tone}`} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      {drawn !== null && (
        <>
          <path class="area" d={drawn.area} />
          <path class="line" d={drawn.line} vector-effect="non-scaling-stroke" />
        </>
      )}
    </svg>
  );
}

/** One bar an hour. */
export function HourBars({ hours, tone }: { readonly hours: readonly number[]; readonly tone: Tone }) {
  return (
    <svg class={`bars tone-${tone}`} viewBox="0 0 112 26" width="112" height="26" aria-hidden="true">
      {hourBars(hours, 112, 26).map(({ isEmpty, ...bar }) => (
        <rect key={bar.x} {...bar} rx="1" class={isEmpty ? "none" : undefined} />
      ))}
    </svg>
  );
}

/** A part of a whole, which stands in figures beside it. */
export function Meter({ part, isHot }: { readonly part: number; readonly isHot: boolean }) {
  const level = Math.min(1, Math.max(0, part));
  return (
    <svg class="meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect class="rail" x="0" y="0.5" width="100" height="5" rx="2" vector-effect="non-scaling-stroke" />
      {level > 0 && <rect class={isHot ? "level hot" : "level"} x="0" y="0.5" width={Math.max(1, level * 100)} height="5" rx="1" />}
    </svg>
  );
}
