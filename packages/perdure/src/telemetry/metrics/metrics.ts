import { labelsOf, Metric } from "./metric.ts";
import type { LabelsOf, MetricName, MetricSpec } from "./metric-table.ts";
import { METRICS } from "./metric-table.ts";

type Values<Labels extends readonly string[]> = { readonly [Index in keyof Labels]: string };

/** What one process has counted, as it goes to another: by metric, label values and numbers of each series. */
export type Counted = readonly (readonly [name: MetricName, series: readonly (readonly [labels: string, values: readonly number[]])[]])[];

const NAMES = Object.keys(METRICS) as readonly MetricName[];

/** All metrics of a process. */
export class Metrics {
  /** By property: this is asked for several times in each episode. */
  readonly #metrics = Object.fromEntries(NAMES.map((name) => [name, new Metric(METRICS[name])])) as {
    readonly [Name in MetricName]: Metric;
  };

  add<Name extends MetricName>(name: Name, labels: Values<LabelsOf<Name>>, more?: number): void {
    this.#of(name).add(labels, more);
  }

  set<Name extends MetricName>(name: Name, labels: Values<LabelsOf<Name>>, value: number): void {
    this.#of(name).set(labels, value);
  }

  observe<Name extends MetricName>(name: Name, labels: Values<LabelsOf<Name>>, value: number): void {
    this.#of(name).observe(labels, value);
  }

  /** Of what was counted. */
  labels(name: MetricName): readonly (readonly string[])[] {
    return [...this.#of(name).entries()].map(([labels]) => labelsOf(labels));
  }

  counted(): Counted {
    return NAMES.map((name) => [name, [...this.#of(name).entries()].map(([labels, values]) => [labels, [...values]] as const)] as const);
  }

  /** Adds what a process has counted; `ended`: it is gone, so that what it was like counts no more. */
  merge(counted: Counted, ended = false): void {
    for (const [name, series] of counted) {
      const spec: MetricSpec | undefined = METRICS[name];
      if (spec === undefined || (ended && spec.type === "gauge")) continue; // of another release
      for (const [labels, values] of series) this.#of(name).merge(labelsOf(labels), values);
    }
  }

  #of(name: MetricName): Metric {
    return this.#metrics[name];
  }
}
