/** In seconds: from a millisecond, in which memory answers, to hours, which people take. */
const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200] as const;
/** Of whole orchestrations, which wait for days. */
const LONG_DURATIONS = [0.01, 0.1, 1, 10, 60, 300, 1_800, 7_200, 43_200, 86_400, 604_800, 2_592_000] as const;
const ROWS = [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000] as const;

export interface MetricSpec {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  /** Names of functions, statuses and outcomes, never ids. Two at most: a `Metric` finds its series by one or by a pair. */
  readonly labels: readonly string[] & { readonly length: 0 | 1 | 2 };
  /** Upper bounds; only of histograms. */
  readonly buckets?: readonly number[];
  /** The same from each host that looks at the store: to be aggregated with max, not with sum. */
  readonly ofHub?: true;
}

const counter = <const Labels extends MetricSpec["labels"]>(labels: Labels, help: string) => ({ type: "counter", help, labels }) as const;
const gauge = <const Labels extends MetricSpec["labels"]>(labels: Labels, help: string) => ({ type: "gauge", help, labels }) as const;
const hubGauge = (help: string) => ({ type: "gauge", help, labels: [], ofHub: true }) as const;
const histogram = <const Labels extends MetricSpec["labels"]>(labels: Labels, help: string, buckets: readonly number[] = DURATIONS) =>
  ({ type: "histogram", help, labels, buckets }) as const;

/** Every metric, in the order of the answer. */
export const METRICS = {
  perdure_instances_started_total: counter(["orchestrator"], "Orchestrations that have begun in this process."),
  perdure_instances_ended_total: counter(["orchestrator", "status"], "Orchestrations that have ended in this process."),
  perdure_instance_duration_seconds: histogram(
    ["orchestrator", "status"],
    "From the start of an orchestration to its end.",
    LONG_DURATIONS,
  ),
  perdure_episodes_total: counter(["orchestrator"], "Episodes that were recorded."),
  perdure_episode_seconds: histogram(["orchestrator"], "How long code ran in an episode, with a replay if it needed one."),
  perdure_replays_total: counter(
    ["orchestrator", "reason"],
    "Episodes that began with a replay of the history: it was loaded, or the cursor was gone.",
  ),
  perdure_activities_total: counter(
    ["activity", "outcome"],
    "Attempts of activities that have ended: completed, failed, timeout, or aborted since their results were no longer wanted.",
  ),
  perdure_activity_line_seconds: histogram(["activity"], "How long attempts were in line in this process, until they began."),
  perdure_activity_run_seconds: histogram(["activity"], "How long attempts ran."),
  perdure_activities_running: gauge(["activity"], "Attempts that run now."),
  perdure_activities_waiting: gauge(["activity"], "Attempts that wait for a place in this process."),
  perdure_retries_total: counter(["activity"], "Attempts after the first of a call."),
  perdure_message_seconds: histogram(
    [],
    "From the acceptance of an event, or of the result of a sub-orchestration or entity, to the episode that takes it.",
  ),
  perdure_timer_late_seconds: histogram([], "How much later than its time a timer was taken."),
  perdure_entity_operations_total: counter(["entity", "outcome"], "Operations of entities that ran: completed or failed."),
  perdure_entity_batch_seconds: histogram(["entity"], "How long code ran in a batch of operations of one entity."),
  perdure_commit_seconds: histogram([], "Group commits: how long the store took."),
  perdure_commit_rows: histogram([], "Group commits: rows in one.", ROWS),
  perdure_commits_total: counter(["outcome"], "Group commits: ok, refused, or unknown because the answer was lost."),
  perdure_lease_renewal_seconds: histogram([], "Renewals of the lease."),
  perdure_fenced_total: counter([], "Times that the store has refused this worker as dead or replaced."),
  perdure_takeovers_total: counter([], "Dead workers that this one has taken over."),
  perdure_owned_instances: gauge([], "Instances in the memory of this process."),
  perdure_stopped_total: counter(["code"], "Instances that were stopped, by reason."),
  perdure_hub_open_instances: hubGauge("Orchestrations that have not ended, up to 10,000."),
  perdure_hub_stopped_instances: hubGauge("Instances that stand still until they are resumed or other code comes, up to 10,000."),
  perdure_hub_ready_oldest_seconds: hubGauge("How long the oldest instance has waited for a worker that takes it."),
  perdure_hub_tasks_oldest_seconds: hubGauge("How long the oldest activity has waited for a worker that takes it."),
  perdure_hub_tasks_waiting: hubGauge("Activities that wait for a worker or for a slot."),
  perdure_hub_workers: hubGauge("Live workers."),
  perdure_http_requests_total: counter(["route", "code"], "Answered requests."),
  perdure_http_request_seconds: histogram(["route"], "From a request to its answer, without the body of a stream."),
  perdure_build_info: gauge(["version"], "1."),
  process_cpu_seconds_total: counter([], "Processor time of the process."),
  process_resident_memory_bytes: gauge([], "Memory of the process."),
  nodejs_eventloop_lag_seconds: gauge([], "Mean delay of the event loop since the last scrape."),
  nodejs_heap_used_bytes: gauge([], "Heap of the main thread."),
} as const satisfies { readonly [name: string]: MetricSpec };

export type MetricName = keyof typeof METRICS;
export type LabelsOf<Name extends MetricName> = (typeof METRICS)[Name]["labels"];
