import type { ComponentChildren } from "preact";
import type { RatePoint, Rates } from "../../api/wire.ts";
import { rateText } from "../../model/numbers.ts";
import { valuesOf } from "../../state/rates.ts";
import type { Tone } from "../../widgets/sparkline.tsx";
import { Spark } from "../../widgets/sparkline.tsx";

interface Card {
  readonly label: string;
  readonly value: number | null;
  readonly unit: string;
  readonly tone: Tone;
  readonly of: (point: RatePoint) => number | null;
  readonly note: ComponentChildren;
}

const span = (values: readonly number[]): string =>
  values.length < 2 ? "" : `1 h: ${rateText(Math.min(...values))} to ${rateText(Math.max(...values))}`;

export function RateCards({ rates, series }: { readonly rates: Rates; readonly series: readonly RatePoint[] }) {
  const { endedPerSecond, activitiesPerSecond, activitiesFailed, commit, rowsPerCommit, unclaimed, eventToEpisode } = rates;
  const ended = (point: RatePoint): number | null => point.endedPerSecond;
  const waiting = valuesOf(series, (point) => point.unclaimed);
  const cards: readonly Card[] = [
    { label: "Instances ended", value: endedPerSecond, unit: "/s", tone: "accent", of: ended, note: span(valuesOf(series, ended)) },
    {
      label: "Activities",
      value: activitiesPerSecond,
      unit: "/s",
      tone: "run",
      of: (point) => point.activitiesPerSecond,
      note: activitiesFailed === null ? "" : `${(activitiesFailed * 100).toFixed(1)} % failed`,
    },
    {
      label: "Commit, p99",
      value: commit?.p99 ?? null,
      unit: "ms",
      tone: "run",
      of: (point) => point.commit?.p99 ?? null,
      note:
        commit === null ? "" : `p50 ${rateText(commit.p50)} ms${rowsPerCommit === null ? "" : ` · ${rateText(rowsPerCommit)} rows each`}`,
    },
    {
      label: "Ready, not claimed",
      value: unclaimed,
      unit: "",
      tone: unclaimed !== null && unclaimed > 0 ? "warn" : "run",
      of: (point) => point.unclaimed,
      note: waiting.length === 0 ? "" : `most in 1 h: ${rateText(Math.max(...waiting))}`,
    },
    {
      label: "Event to episode, p99",
      value: eventToEpisode?.p99 ?? null,
      unit: "ms",
      tone: "run",
      of: (point) => point.eventToEpisode?.p99 ?? null,
      note: eventToEpisode === null ? "" : `p50 ${rateText(eventToEpisode.p50)} ms`,
    },
  ];
  return (
    <section class="card stats" aria-label="Rates">
      {cards.map(({ label, value, unit, tone, of, note }) => (
        <div key={label} class="stat">
          <span class="label">{label}</span>
          <span class="row">
            <span class="value">
              {value === null ? "–" : rateText(value)}
              {value !== null && unit !== "" && <small> {unit}</small>}
            </span>
            <span class="spark-place">
              <Spark values={valuesOf(series, of)} tone={tone} />
            </span>
          </span>
          <span class="dim note">{note}</span>
        </div>
      ))}
    </section>
  );
}
