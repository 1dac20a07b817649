import type { Feature } from "../scenarios/scenario.ts";
import { FEATURES } from "../scenarios/scenario.ts";
import type { FaultKind } from "./faults.ts";
import { FAULT_KINDS } from "./faults.ts";
import type { SeedResult } from "./random-run.ts";

/** What many seeds came to. Plain data: it crosses from one process to another. */
export interface Summary {
  seeds: number;
  /** Seeds in which enough happened. */
  counting: number;
  instances: number;
  replayed: number;
  readonly faults: Partial<Record<FaultKind, number>>;
  readonly features: Partial<Record<Feature, number>>;
  readonly failures: { readonly seed: number; readonly problems: readonly string[] }[];
}

export const emptySummary = (): Summary => ({ seeds: 0, counting: 0, instances: 0, replayed: 0, faults: {}, features: {}, failures: [] });

export function addResult(summary: Summary, result: SeedResult): void {
  summary.seeds += 1;
  if (result.counts) summary.counting += 1;
  summary.instances += result.instances;
  summary.replayed += result.replayed;
  for (const [kind, count] of result.faults) summary.faults[kind] = (summary.faults[kind] ?? 0) + count;
  for (const feature of result.features) summary.features[feature] = (summary.features[feature] ?? 0) + 1;
  if (result.problems.length > 0) summary.failures.push({ seed: result.seed, problems: result.problems });
}

export function addSummary(total: Summary, part: Summary): void {
  total.seeds += part.seeds;
  total.counting += part.counting;
  total.instances += part.instances;
  total.replayed += part.replayed;
  for (const kind of FAULT_KINDS) if (part.faults[kind] !== undefined) total.faults[kind] = (total.faults[kind] ?? 0) + part.faults[kind];
  for (const feature of FEATURES) {
    if (part.features[feature] !== undefined) total.features[feature] = (total.features[feature] ?? 0) + part.features[feature];
  }
  total.failures.push(...part.failures);
}

/** Fault kinds and features that never came up: a run that never tried them says nothing about them. */
export function untried(summary: Summary): readonly string[] {
  const faults = FAULT_KINDS.filter((kind) => (summary.faults[kind] ?? 0) === 0);
  const features = FEATURES.filter((feature) => (summary.features[feature] ?? 0) === 0);
  return [...faults.map((kind) => `fault "${kind}"`), ...features.map((feature) => `feature "${feature}"`)];
}

export function summaryText(summary: Summary, seconds: number): string {
  const { seeds, counting, instances, replayed, failures } = summary;
  const lines = [
    `${seeds} seeds (${counting} counting) in ${seconds.toFixed(1)} s, ${Math.round(seeds / seconds)}/s: ${instances} instances, ${replayed} episodes replayed, ${failures.length} seeds failed`,
    `faults: ${FAULT_KINDS.map((kind) => `${kind} ${summary.faults[kind] ?? 0}`).join(", ")}`,
    `features: ${FEATURES.map((feature) => `${feature} ${summary.features[feature] ?? 0}`).join(", ")}`,
  ];
  return lines.join("\n");
}
