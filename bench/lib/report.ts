import type { BenchRecord } from "./record.ts";
import type { Target } from "./scenario.ts";

type Column = readonly [title: string, cell: (record: BenchRecord) => string];

const COLUMNS: readonly Column[] = [
  ["system", (record) => record.peer ?? "perdure"],
  ["store", (record) => record.store ?? "-"],
  ["in flight", (record) => integer(record.inFlight)],
  ["orchestrations/s", (record) => integer(record.orchestrationsPerSecond)],
  ["activities/s", (record) => integer(record.activitiesPerSecond)],
  ["events/s", (record) => integer(record.eventsPerSecond)],
  ["p50 ms", (record) => decimal(record.p50Ms)],
  ["p95 ms", (record) => decimal(record.p95Ms)],
  ["p99 ms", (record) => decimal(record.p99Ms)],
  ["floor/s", (record) => integer(record.floorCommitsPerSecond)],
  ["fsync", (record) => (record.fsync === null ? "-" : record.fsync ? "yes" : "NO")],
  ["RSS MiB", (record) => integer(record.rssMiB)],
  ["perdure is", (record) => (record.ratioToPeer === null ? "" : `${decimal(record.ratioToPeer)} x`)],
  ["six floor commits", (record) => (record.p50OverSixFloorCommits === null ? "" : `${decimal(record.p50OverSixFloorCommits)} x`)],
];

/** Columns that nothing fills are left out; numbers stand to the right. */
export function tableOf(records: readonly BenchRecord[]): string {
  const columns = COLUMNS.map(([title, cell]) => ({ title, cells: records.map(cell) })).filter(({ cells }) =>
    cells.some((text) => text !== "-" && text !== ""),
  );
  const widths = columns.map(({ title, cells }) => Math.max(title.length, ...cells.map((text) => text.length)));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => (index < 2 ? text.padEnd(widths[index] ?? 0) : text.padStart(widths[index] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...records.map((_, row) => line(columns.map(({ cells }) => cells[row] ?? "")))].join(
    "\n",
  );
}

export function targetsOf(targets: readonly Target[]): string {
  if (targets.length === 0) return "targets: none for this combination of options";
  const lines = targets.map(
    ({ text, measured, unit, reached }) => `  ${reached ? "reached" : "MISSED "}  ${text}: ${short(measured)} ${unit}`,
  );
  return ["targets (docs/performance.md; they are meant for the reference machine)", ...lines].join("\n");
}

function integer(value: number | null): string {
  return value === null ? "-" : Math.round(value).toLocaleString("en-US");
}

function decimal(value: number | null): string {
  return value === null ? "-" : short(value);
}

function short(value: number): string {
  if (Math.abs(value) >= 1_000) return integer(value);
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3);
}
