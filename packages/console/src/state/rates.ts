import { effect, signal } from "@preact/signals";
import type { RatePoint } from "../api/wire.ts";
import { listen } from "./hub.ts";
import { readWorkers } from "./reads.ts";
import { isIn } from "./session.ts";

const HOUR_MS = 3_600_000;

/** Of the last hour, oldest first: what the host has seen, and then each tick. */
export const rateSeries = signal<readonly RatePoint[]>([]);

effect(() => {
  if (!isIn.value) return;
  readWorkers().then(
    ({ series }) => {
      rateSeries.value = [...series, ...rateSeries.peek().filter(({ at }) => at > (series.at(-1)?.at ?? 0))];
    },
    () => {}, // it begins with the first tick
  );
});

listen("tick", ({ now, rates }) => {
  rateSeries.value = [...rateSeries.peek().filter(({ at }) => at > now - HOUR_MS), { ...rates, at: now }];
});

/** Values of one rate, oldest first; what no worker has said is left out. */
export const valuesOf = (points: readonly RatePoint[], of: (point: RatePoint) => number | null): readonly number[] =>
  points.flatMap((point) => of(point) ?? []);
