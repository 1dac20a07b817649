import type { ComponentChildren } from "preact";
import type { PointKind, SegmentKind, TimelineRow } from "../../model/timeline.ts";

interface Entry {
  readonly text: string;
  readonly isThere: (kinds: ReadonlySet<SegmentKind | PointKind | "failed">) => boolean;
  readonly mark: ComponentChildren;
}

const ENTRIES: readonly Entry[] = [
  {
    text: "in line",
    isThere: (kinds) => kinds.has("inLine"),
    mark: <rect class="bar in-line" x=".5" y="1" width="21" height="8" rx="2" />,
  },
  { text: "runs", isThere: (kinds) => kinds.has("ran"), mark: <rect class="bar ran" width="22" height="10" rx="3" /> },
  { text: "failed attempt", isThere: (kinds) => kinds.has("failed"), mark: <rect class="bar ran failed" width="22" height="10" rx="3" /> },
  {
    text: "in line or runs",
    isThere: (kinds) => kinds.has("unsplit"),
    mark: <rect class="bar unsplit" x=".5" y=".5" width="21" height="9" rx="3" />,
  },
  { text: "pause before retry", isThere: (kinds) => kinds.has("pause"), mark: <path class="line pause" d="M1 5h20" /> },
  { text: "waits for event", isThere: (kinds) => kinds.has("event"), mark: <path class="line event" d="M1 5h20" /> },
  {
    text: "holds the lock",
    isThere: (kinds) => kinds.has("held"),
    mark: <rect class="bar held" x=".5" y=".5" width="21" height="9" rx="3" />,
  },
  {
    text: "suspended",
    isThere: (kinds) => kinds.has("suspended"),
    mark: <rect class="bar suspended" x=".5" y="1.5" width="21" height="7" rx="2" />,
  },
  { text: "worker died", isThere: (kinds) => kinds.has("takeover"), mark: <path class="point takeover" d="M6 1h10l-5 8Z" /> },
];

/** Of what is to be seen. */
export function TimelineLegend({ rows }: { readonly rows: readonly TimelineRow[] }) {
  const kinds = new Set<SegmentKind | PointKind | "failed">();
  for (const { segments, points } of rows) {
    for (const { kind, isFailed } of segments) kinds.add(kind === "ran" && isFailed ? "failed" : kind);
    for (const { kind } of points) kinds.add(kind);
  }
  return (
    <div class="legend">
      {ENTRIES.filter(({ isThere }) => isThere(kinds)).map(({ text, mark }) => (
        <span key={text}>
          <svg viewBox="0 0 22 10" aria-hidden="true">
            {mark}
          </svg>
          {text}
        </span>
      ))}
    </div>
  );
}
