import type { TimelineRow } from "../src/model/timeline.ts";
import { timeScale } from "../src/model/timeline-scale.ts";
import { ticksOf } from "../src/model/timeline-ticks.ts";
import { BarPatterns, RowBars, TimeAxis } from "../src/widgets/timeline-row.tsx";

const START = Date.UTC(2026, 10, 28, 14, 2, 11);
const NOW = START + 102_000;
const WIDTH = 640;

const at = (seconds: number): number => START + seconds * 1_000;

type Part = readonly [kind: TimelineRow["segments"][number]["kind"], from: number, to: number | null, isFailed?: true];

function row(name: string, parts: readonly Part[], more: Partial<TimelineRow> = {}): TimelineRow {
  const segments = parts.map(([kind, from, to, isFailed = false]) => ({ kind, from: at(from), to: to === null ? null : at(to), isFailed }));
  const end = segments.at(-1)?.to ?? null;
  return {
    ...{
      key: name,
      kind: "activity",
      depth: 1,
      name,
      note: "",
      start: segments[0]?.from ?? START,
      end,
      state: end === null ? "open" : "done",
    },
    ...{ segments, points: [], attempts: [], instanceId: null, dueAt: null, seqs: [], ...more },
  };
}

const EPISODES = [0, 3, 9, 51, 62, 77, 90].map((second) => ({ kind: "episode", at: at(second), text: "" }) as const);

/** One of each that there is. */
const ROWS: readonly TimelineRow[] = [
  row("instance", [["instance", 0, null]], {
    kind: "instance",
    points: [...EPISODES, { kind: "takeover", at: at(70), text: "worker 1 died" }],
  }),
  row("in line and running", [
    ["inLine", 2, 9],
    ["ran", 9, 23],
  ]),
  row("attempts", [
    ["inLine", 20, 21],
    ["ran", 21, 26, true],
    ["pause", 26, 32],
    ["inLine", 32, 33],
    ["ran", 33, 38],
  ]),
  row("not told apart", [["unsplit", 40, 52]]),
  row(
    "next attempt",
    [
      ["ran", 60, 72, true],
      ["pause", 72, null],
    ],
    { dueAt: at(106) },
  ),
  row("child", [["child", 10, 51]], { kind: "child" }),
  row("failed child", [["child", 55, 80, true]], { kind: "child" }),
  row(
    "lock",
    [
      ["inLine", 30, 40],
      ["held", 40, 66],
    ],
    { kind: "lock" },
  ),
  row("suspended", [["suspended", 20, 60]], { kind: "instance" }),
  row("timer", [["timer", 5, null]], { kind: "timer", dueAt: at(86_400) }),
  row("event", [["event", 5, 70]], { kind: "event", points: [{ kind: "raised", at: at(70), text: "raised" }] }),
  row("open event", [["event", 5, null]], { kind: "event" }),
  row("message", [], { kind: "message", start: at(44), end: at(44), points: [{ kind: "sent", at: at(44), text: "sent" }] }),
];

const LONG_WAIT: readonly TimelineRow[] = [
  row("before", [["ran", 0, 2]]),
  row("long wait", [["event", 2, 8_000]], { kind: "event" }),
  row("after", [["ran", 8_000, 8_003]]),
];

function Rows({ rows, to, isOpen }: { readonly rows: readonly TimelineRow[]; readonly to: number; readonly isOpen: boolean }) {
  const scale = timeScale({ rows, from: START, to, isOpen, width: WIDTH, compresses: true });
  const ticks = ticksOf(scale);
  return (
    <div>
      <TimeAxis scale={scale} ticks={ticks} zone="utc" />
      {rows.map((one) => (
        <RowBars key={one.key} row={one} scale={scale} ticks={ticks} />
      ))}
    </div>
  );
}

export function TimelineRows() {
  return (
    <div class="stack loose">
      <BarPatterns />
      <Rows rows={ROWS} to={NOW} isOpen />
      <Rows rows={LONG_WAIT} to={at(8_003)} isOpen={false} />
    </div>
  );
}
