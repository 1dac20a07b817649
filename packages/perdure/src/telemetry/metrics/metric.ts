import type { MetricSpec } from "./metric-table.ts";

/** Names of functions are many only by mistake: beyond these they are counted together. */
const MOST_SERIES = 200;
const OTHER = "other";

/** One metric with one set of label values: `[value]`, or of a histogram the counts of its buckets, without the last, then count and sum. */
export type Series = number[];

/** The series of one metric, by the values of its labels. */
export class Metric {
  readonly #spec: MetricSpec;
  readonly #series = new Map<string, Series>();
  readonly #none: Series | null;
  /** Of two labels, which would be one text for each look otherwise: 0.15 µs. */
  readonly #pairs = new Map<string, Map<string, Series>>();

  constructor(spec: MetricSpec) {
    this.#spec = spec;
    // Without labels there is one, and it is there from the beginning: an alert on its absence would fire.
    this.#none = spec.labels.length === 0 ? this.#newSeries([]) : null;
  }

  add(labels: readonly string[], more = 1): void {
    const series = this.#of(labels);
    series[0] = (series[0] ?? 0) + more;
  }

  set(labels: readonly string[], value: number): void {
    this.#of(labels)[0] = value;
  }

  observe(labels: readonly string[], value: number): void {
    const { buckets = [] } = this.#spec;
    const series = this.#of(labels);
    const bucket = bucketOf(buckets, value);
    if (bucket < buckets.length) series[bucket] = (series[bucket] ?? 0) + 1;
    series[buckets.length] = (series[buckets.length] ?? 0) + 1;
    series[buckets.length + 1] = (series[buckets.length + 1] ?? 0) + value;
  }

  /** What another process has counted is added to it. */
  merge(labels: readonly string[], values: readonly number[]): void {
    const series = this.#of(labels);
    for (const [index, value] of values.entries()) series[index] = (series[index] ?? 0) + value;
  }

  entries(): IterableIterator<[labels: string, values: Series]> {
    return this.#series.entries();
  }

  #of(labels: readonly string[]): Series {
    if (this.#none !== null) return this.#none;
    const [first = "", second = ""] = labels;
    // One label is the usual case, and a name needs no other text for its key.
    const known = labels.length === 1 ? this.#series.get(first) : this.#pairs.get(first)?.get(second);
    if (known !== undefined) return known;
    if (this.#series.size < MOST_SERIES) return this.#newSeries(labels);
    const others = labels.map(() => OTHER);
    return this.#series.get(others.join(SEPARATOR)) ?? this.#newSeries(others);
  }

  #newSeries(labels: readonly string[]): Series {
    const { type, buckets = [] } = this.#spec;
    const series: Series = new Array(type === "histogram" ? buckets.length + 2 : 1).fill(0);
    this.#series.set(labels.join(SEPARATOR), series);
    const [first = "", second = ""] = labels;
    if (labels.length === 2) this.#pairs.set(first, (this.#pairs.get(first) ?? new Map<string, Series>()).set(second, series));
    return series;
  }
}

/** Of the first bound that is not below it. By a loop: this is asked for several times in each episode. */
function bucketOf(buckets: readonly number[], value: number): number {
  let bucket = 0;
  while (bucket < buckets.length && value > (buckets[bucket] as number)) bucket += 1;
  return bucket;
}

/** In no name of a function, status or code. */
const SEPARATOR = "\u0000";

export const labelsOf = (key: string): readonly string[] => (key === "" ? [] : key.split(SEPARATOR));
