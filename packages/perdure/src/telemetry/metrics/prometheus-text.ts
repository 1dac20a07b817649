import { labelsOf } from "./metric.ts";
import type { MetricSpec } from "./metric-table.ts";
import { METRICS } from "./metric-table.ts";
import type { Counted } from "./metrics.ts";

export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** The text format of Prometheus, 0.0.4. */
export function prometheusText(counted: Counted): string {
  const lines: string[] = [];
  for (const [name, series] of counted) {
    const spec: MetricSpec = METRICS[name];
    lines.push(`# HELP ${name} ${spec.help}`, `# TYPE ${name} ${spec.type}`);
    for (const [key, values] of series) {
      const of = labelsOf(key);
      const labels = spec.labels.map((label, index) => `${label}="${escaped(of[index] ?? "")}"`);
      if (spec.type === "histogram") lines.push(...histogramLines(name, spec.buckets ?? [], labels, values));
      else lines.push(`${name}${inBraces(labels)} ${values[0]}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function histogramLines(name: string, buckets: readonly number[], labels: readonly string[], values: readonly number[]): readonly string[] {
  const count = values[buckets.length];
  let below = 0;
  const lines = buckets.map((bound, index) => {
    below += values[index] ?? 0;
    return `${name}_bucket${inBraces([...labels, `le="${bound}"`])} ${below}`;
  });
  return [
    ...lines,
    `${name}_bucket${inBraces([...labels, 'le="+Inf"'])} ${count}`,
    `${name}_sum${inBraces(labels)} ${values[buckets.length + 1]}`,
    `${name}_count${inBraces(labels)} ${count}`,
  ];
}

const inBraces = (labels: readonly string[]): string => (labels.length === 0 ? "" : `{${labels.join(",")}}`);

const ESCAPES: { readonly [char: string]: string } = { "\\": "\\\\", '"': '\\"', "\n": "\\n" };
const escaped = (value: string): string => value.replace(/[\\"\n]/g, (char) => ESCAPES[char] ?? char);
