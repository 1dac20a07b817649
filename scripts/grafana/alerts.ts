import type { MetricName } from "../../packages/perdure/src/telemetry/metrics/metric-table.ts";

interface Alert {
  readonly name: string;
  readonly metric: MetricName;
  readonly expr: string;
  readonly for: string;
  readonly severity: "critical" | "warning";
  readonly says: string;
}

const alert = (
  name: string,
  metric: MetricName,
  expr: (metric: string) => string,
  rest: Pick<Alert, "for" | "severity" | "says">,
): Alert => ({
  name,
  metric,
  expr: expr(metric),
  ...rest,
});

/** What an operator has to know. Each is made of one metric of the table. */
export const ALERTS: readonly Alert[] = [
  alert("PerdureNoWorker", "perdure_hub_workers", (metric) => `max(${metric}) == 0`, {
    ...{ for: "1m", severity: "critical" },
    says: "No worker is live: nothing runs. Start one; perdure why <id> says what an instance waits for.",
  }),
  alert("PerdureReadyUnclaimed", "perdure_hub_ready_oldest_seconds", (metric) => `max(${metric}) > 60`, {
    ...{ for: "1m", severity: "critical" },
    says: "An instance has been ready for more than a minute, and no worker takes it: no live worker has its function, or all are full.",
  }),
  alert("PerdureTasksUnclaimed", "perdure_hub_tasks_oldest_seconds", (metric) => `max(${metric}) > 300`, {
    ...{ for: "5m", severity: "warning" },
    says: "An activity has waited for a worker for more than five minutes.",
  }),
  alert("PerdureStopped", "perdure_hub_stopped_instances", (metric) => `max(${metric}) > 0`, {
    ...{ for: "5m", severity: "warning" },
    says: "Instances stand still until they are resumed or other code is deployed: perdure list --stopped.",
  }),
  alert(
    "PerdureCommitsSlow",
    "perdure_commit_seconds",
    (metric) => `histogram_quantile(0.99, sum by (le) (rate(${metric}_bucket[5m]))) > 1`,
    {
      ...{ for: "10m", severity: "warning" },
      says: "One commit in a hundred takes more than a second: the disk or the database is slow.",
    },
  ),
  alert("PerdureFenced", "perdure_fenced_total", (metric) => `increase(${metric}[15m]) > 0`, {
    ...{ for: "0m", severity: "warning" },
    says: "A worker was taken for dead and replaced: its thread was held, or the store did not answer. Nothing is lost.",
  }),
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
