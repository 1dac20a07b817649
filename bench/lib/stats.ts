/** Everything that turns samples into a number. Pure: no clock, no I/O. */

/** The middle value; of an even count the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values, "median");
  const middle = sorted.length >> 1;
  const upper = at(sorted, middle);
  return sorted.length % 2 === 1 ? upper : (at(sorted, middle - 1) + upper) / 2;
}

/** Nearest rank: the smallest sample that at least `percent` % of all samples do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  if (!(percent > 0 && percent <= 100)) throw new RangeError(`percentile: ${percent} is not above 0 and at most 100`);
  const sorted = ascending(values, "percentile");
  return at(sorted, Math.ceil((percent / 100) * sorted.length) - 1);
}

export interface Latencies {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

export const NO_LATENCIES: Latencies = { p50Ms: null, p95Ms: null, p99Ms: null };

export function latenciesOf(milliseconds: readonly number[]): Latencies {
  if (milliseconds.length === 0) return NO_LATENCIES;
  return { p50Ms: percentile(milliseconds, 50), p95Ms: percentile(milliseconds, 95), p99Ms: percentile(milliseconds, 99) };
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Slope of the straight line with the least sum of squared vertical distances to the points. */
export function leastSquaresSlope(points: readonly Point[]): number {
  if (points.length < 2) throw new RangeError(`leastSquaresSlope: ${points.length} point(s) make no line; at least 2 are needed`);
  const meanX = mean(points.map((point) => point.x));
  const meanY = mean(points.map((point) => point.y));
  let covariance = 0;
  let variance = 0;
  for (const { x, y } of points) {
    covariance += (x - meanX) * (y - meanY);
    variance += (x - meanX) ** 2;
  }
  if (variance === 0) throw new RangeError("leastSquaresSlope: all points have the same x; a vertical line has no slope");
  return covariance / variance;
}

export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("mean: there are no values");
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How far the highest value is above the lowest, as a part of the lowest: 0.1 = within 10 %. */
export function spread(values: readonly number[]): number {
  const sorted = ascending(values, "spread");
  const low = at(sorted, 0);
  if (low <= 0) throw new RangeError(`spread: the lowest value is ${low}; only positive values have a relative spread`);
  return at(sorted, sorted.length - 1) / low - 1;
}

function ascending(values: readonly number[], what: string): readonly number[] {
  if (values.length === 0) throw new RangeError(`${what}: there are no values`);
  return values.toSorted((a, b) => a - b);
}

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`there is no value at ${index} of ${values.length}`);
  return value;
}
