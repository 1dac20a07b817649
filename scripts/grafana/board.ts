import type { MetricName, MetricSpec } from "../../packages/perdure/src/telemetry/metrics/metric-table.ts";
import { METRICS } from "../../packages/perdure/src/telemetry/metrics/metric-table.ts";

/** By these a panel is split; in this order the first that a metric has. */
const SPLIT_BY = ["orchestrator", "activity", "entity", "route", "outcome", "code", "reason"];
const QUANTILES = [0.5, 0.99] as const;

interface Row {
  readonly title: string;
  readonly metrics: readonly MetricName[];
}

const startsWith = (...begins: readonly string[]): readonly MetricName[] =>
  (Object.keys(METRICS) as readonly MetricName[]).filter((name) => begins.some((begin) => name.startsWith(begin)));

/** Every metric is on the board once. */
const ROWS: readonly Row[] = [
  { title: "Is anything stuck?", metrics: startsWith("perdure_hub_", "perdure_stopped", "perdure_timer", "perdure_message") },
  { title: "Orchestrations", metrics: startsWith("perdure_instance", "perdure_episode", "perdure_replays", "perdure_owned") },
  { title: "Activities", metrics: startsWith("perdure_activit", "perdure_retries") },
  { title: "Entities", metrics: startsWith("perdure_entity") },
  { title: "Store and workers", metrics: startsWith("perdure_commit", "perdure_lease", "perdure_fenced", "perdure_takeovers") },
  { title: "HTTP and process", metrics: startsWith("perdure_http", "perdure_build", "process_", "nodejs_") },
];

const WIDTH = 8;
const HEIGHT = 7;
const COLUMNS = 3;

/** The dashboard, with a data source to choose. */
export function board(): object {
  const panels: object[] = [];
  let y = 0;
  for (const { title, metrics } of ROWS) {
    panels.push({ type: "row", title, collapsed: false, gridPos: { x: 0, y, w: 24, h: 1 }, panels: [] });
    y += 1;
    for (const [index, name] of metrics.entries()) {
      const at = { x: (index % COLUMNS) * WIDTH, y: y + Math.floor(index / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT };
      panels.push({ ...panelOf(name), id: panels.length + 1, gridPos: at });
    }
    y += Math.ceil(metrics.length / COLUMNS) * HEIGHT;
  }
  return {
    title: "Perdure",
    uid: "perdure",
    schemaVersion: 39,
    editable: true,
    refresh: "30s",
    time: { from: "now-3h", to: "now" },
    templating: { list: [{ name: "source", type: "datasource", query: "prometheus", label: "Data source" }] },
    panels,
  };
}

function panelOf(name: MetricName): object {
  const spec: MetricSpec = METRICS[name];
  const targets = queriesOf(name, spec).map(({ expr, legend }, index) => ({
    refId: String.fromCharCode(65 + index),
    expr,
    legendFormat: legend,
    datasource: { type: "prometheus", uid: "$source" },
  }));
  return {
    type: "timeseries",
    title: name,
    description: spec.help,
    datasource: { type: "prometheus", uid: "$source" },
    fieldConfig: { defaults: { unit: unitOf(name, spec), min: 0 }, overrides: [] },
    targets,
  };
}

interface Query {
  readonly expr: string;
  readonly legend: string;
}

function queriesOf(name: MetricName, { type, labels, ofHub }: MetricSpec): readonly Query[] {
  const split = SPLIT_BY.find((label) => labels.includes(label));
  const by = split === undefined ? "" : ` by (${split})`;
  const legend = split === undefined ? name : `{{${split}}}`;
  if (type === "gauge") return [{ expr: ofHub === true ? `max(${name})` : `sum${by} (${name})`, legend }];
  if (type === "counter") return [{ expr: `sum${by} (rate(${name}[$__rate_interval]))`, legend }];
  const groups = split === undefined ? "le" : `le, ${split}`;
  return QUANTILES.map((quantile) => ({
    expr: `histogram_quantile(${quantile}, sum by (${groups}) (rate(${name}_bucket[$__rate_interval])))`,
    legend: `p${quantile * 100}${split === undefined ? "" : ` {{${split}}}`}`,
  }));
}

function unitOf(name: MetricName, { type }: MetricSpec): string {
  if (name.endsWith("_seconds")) return "s";
  if (name.endsWith("_bytes")) return "bytes";
  return type === "counter" ? "cps" : "short";
}
