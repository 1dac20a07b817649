import type { MetricName } from "../../packages/perdure/src/telemetry/metrics/metric-table.ts";

interface Alert {
  readonly name: string;
  readonly expr: string;
  readonly for: string;
  readonly severity: "critical" | "warning";
  readonly says: string;
}

/** Names that the table of metrics does not have are refused by the compiler. */
const metric = (name: MetricName): string => name;

/** What an operator has to know. Each is made of one metric of the table. */
const ALERTS: readonly Alert[] = [
  {
    name: "PerdureNoWorker",
    expr: `max(${metric("perdure_hub_workers")}) == 0`,
    for: "1m",
    severity: "critical",
    says: "No worker is live: nothing runs. Start one; perdure why <id> says what an instance waits for.",
  },
  {
    name: "PerdureReadyUnclaimed",
    expr: `max(${metric("perdure_hub_ready_oldest_seconds")}) > 60`,
    for: "1m",
    severity: "critical",
    says: "An instance has been ready for more than a minute, and no worker takes it: no live worker has its function, or all are full.",
  },
  {
    name: "PerdureTasksUnclaimed",
    expr: `max(${metric("perdure_hub_tasks_oldest_seconds")}) > 300`,
    for: "5m",
    severity: "warning",
    says: "An activity has waited for a worker for more than five minutes.",
  },
  {
    name: "PerdureStopped",
    expr: `max(${metric("perdure_hub_stopped_instances")}) > 0`,
    for: "5m",
    severity: "warning",
    says: "Instances stand still until they are resumed or other code is deployed: perdure list --stopped.",
  },
  {
    name: "PerdureCommitsSlow",
    expr: `histogram_quantile(0.99, sum by (le) (rate(${metric("perdure_commit_seconds")}_bucket[5m]))) > 1`,
    for: "10m",
    severity: "warning",
    says: "One commit in a hundred takes more than a second: the disk or the database is slow.",
  },
  {
    name: "PerdureFenced",
    expr: `increase(${metric("perdure_fenced_total")}[15m]) > 0`,
    for: "0m",
    severity: "warning",
    says: "A worker was taken for dead and replaced: its thread was held, or the store did not answer. Nothing is lost.",
  },
];

/** Rules in the form of Prometheus. */
export function alertRules(): string {
  const rules = ALERTS.flatMap(({ name, expr, for: time, severity, says }) => [
    `      - alert: ${name}`,
    `        expr: ${JSON.stringify(expr)}`,
    `        for: ${time}`,
    `        labels: { severity: ${severity} }`,
    `        annotations: { summary: ${JSON.stringify(says)} }`,
  ]);
  return `${["groups:", "  - name: perdure", "    rules:", ...rules].join("\n")}\n`;
}
