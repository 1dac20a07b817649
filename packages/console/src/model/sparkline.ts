/** Lines of a small chart of `width` by `height`, from the oldest to the newest value. Null: too few to draw. */
export interface Sparkline {
  readonly line: string;
  readonly area: string;
}

const MARGIN = 3;

export function sparkline(values: readonly number[], width: number, height: number): Sparkline | null {
  if (values.length < 2) return null;
  const top = Math.max(...values);
  const step = width / (values.length - 1);
  const room = height - 2 * MARGIN;
  const points = values.map((value, index) => {
    const y = top === 0 ? height - MARGIN : height - MARGIN - (value / top) * room;
    return `${rounded(index * step)},${rounded(y)}`;
  });
  const line = `M${points.join("L")}`;
  return { line, area: `${line}L${width},${height}L0,${height}Z` };
}

export interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isEmpty: boolean;
}

/** One for each hour; the highest fills the height, and none is a dash. */
export function hourBars(hours: readonly number[], width: number, height: number): readonly Bar[] {
  const top = Math.max(1, ...hours);
  const slot = width / Math.max(1, hours.length);
  return hours.map((n, index) => {
    const tall = n === 0 ? 1 : Math.max(3, (n / top) * (height - 1));
    return {
      x: rounded(index * slot + slot * 0.16),
      y: rounded(height - tall),
      width: rounded(slot * 0.68),
      height: rounded(tall),
      isEmpty: n === 0,
    };
  });
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
