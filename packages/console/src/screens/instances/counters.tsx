import type { Counts } from "../../api/wire.ts";
import { roughText } from "../../model/durations.ts";
import type { Counted } from "../../model/numbers.ts";
import { countText, grouped, rateText } from "../../model/numbers.ts";
import type { ShownStatus } from "../../model/shown-status.ts";
import { normalQuery } from "../../model/views.ts";
import { clock, counts, tick } from "../../state/hub.ts";
import { rateSeries, valuesOf } from "../../state/rates.ts";
import { replaceRoute } from "../../state/router.ts";
import { Spark } from "../../widgets/sparkline.tsx";
import { StatusShapeMark, statusLabel } from "../../widgets/status-mark.tsx";

interface Counter {
  readonly status: ShownStatus;
  readonly count: (counts: Counts) => Counted;
  readonly note: (counts: Counts) => string;
  /** The list that it stands for. */
  readonly query: string;
}

const oldest = (at: number | null): string => (at === null ? "none" : `oldest ${roughText(clock.value - at)}`);
const lastDay = (): string => "last 24 h";
const endedToday = (status: string): string => `status=${status}&ended=24h&order=ended`;

const COUNTERS: readonly Counter[] = [
  { status: "pending", count: ({ open }) => open.Pending, note: (all) => oldest(all.oldest.Pending), query: "status=Pending" },
  {
    status: "running",
    count: ({ open }) => open.Running,
    note: ({ inMemory }) => `${grouped(inMemory)} in memory`,
    query: "status=Running",
  },
  { status: "suspended", count: ({ open }) => open.Suspended, note: (all) => oldest(all.oldest.Suspended), query: "status=Suspended" },
  {
    status: "stopped",
    count: ({ stopped }) => stopped,
    note: ({ stopped }) => (stopped.n === 0 ? "none" : "need attention"),
    query: "stopped=1",
  },
  { status: "completed", count: ({ ended }) => ended.Completed, note: lastDay, query: endedToday("Completed") },
  { status: "failed", count: ({ ended }) => ended.Failed, note: lastDay, query: endedToday("Failed") },
  { status: "terminated", count: ({ ended }) => ended.Terminated, note: lastDay, query: endedToday("Terminated") },
];

/** How many there are of each kind; each is a filter, and a second click takes it away. */
export function Counters({ query }: { readonly query: URLSearchParams }) {
  const all = counts.value;
  const shown = normalQuery(query);
  return (
    <section class="counters" aria-label="Instances by status">
      {COUNTERS.map((counter) => {
        const count = all === null ? null : counter.count(all);
        const isOn = normalQuery(new URLSearchParams(counter.query)) === shown;
        return (
          <button
            key={counter.status}
            type="button"
            class={count?.n === 0 ? "counter zero" : "counter"}
            data-s={counter.status}
            aria-pressed={isOn}
            onClick={() => replaceRoute(isOn ? "#/instances" : `#/instances?${counter.query}`)}
          >
            <span class="label">
              <StatusShapeMark status={counter.status} />
              {statusLabel(counter.status)}
            </span>
            <span class="value">{count === null ? "…" : countText(count)}</span>
            <span class="note">{all === null ? "" : counter.note(all)}</span>
          </button>
        );
      })}
      <EndedPerSecond />
    </section>
  );
}

function EndedPerSecond() {
  const values = valuesOf(rateSeries.value, ({ endedPerSecond }) => endedPerSecond);
  const now = tick.value?.rates.endedPerSecond ?? values.at(-1) ?? null;
  return (
    <div class="counter ended">
      <span class="label">
        Ended per second<b class="spread num">{now === null ? "" : rateText(now)}</b>
      </span>
      <Spark values={values} tone="accent" width={200} height={34} />
      <span class="note row">
        last hour<span class="spread">{values.length === 0 ? "" : `peak ${rateText(Math.max(...values))}`}</span>
      </span>
    </div>
  );
}
