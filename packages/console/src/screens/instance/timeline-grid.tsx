import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { ROW_ICONS } from "../../design/icons.ts";
import type { Timeline, TimelineRow } from "../../model/timeline.ts";
import { timeScale } from "../../model/timeline-scale.ts";
import { lengthText, noteText, rowSentence } from "../../model/timeline-text.ts";
import { ticksOf } from "../../model/timeline-ticks.ts";
import { isNarrow } from "../../state/media.ts";
import { zone } from "../../state/zone.ts";
import { Icon } from "../../widgets/icon.tsx";
import type { RowBarsProps } from "../../widgets/timeline-row.tsx";
import { BarPatterns, ROW_HEIGHT, RowBars, TimeAxis } from "../../widgets/timeline-row.tsx";
import { useRows } from "../../widgets/use-rows.ts";

/** As in timeline.css. */
const NAMES_WIDTH = 266;
const NARROW_ROW = 54;
const AXIS_HEIGHT = 28;
const RIGHT_EDGE = 12;
/** More rows than this scroll in a box of their own. */
const PLAIN_ROWS = 40;

export interface TimelineGridProps {
  readonly timeline: Timeline;
  readonly label: string;
  readonly now: number;
  readonly compresses: boolean;
  /** As often as wide as its place. */
  readonly zoom: number;
  readonly selected: string | null;
  /** Keys of rows whose child is shown below them. */
  readonly opened: ReadonlySet<string>;
  readonly onSelect: (row: TimelineRow | null) => void;
  readonly onToggle: (row: TimelineRow) => void;
}

/**
 * A tree grid: each row has its name and its times as text, and bars as decoration. The focus stays on the whole, which names the row that is marked: so
 * it is not lost when rows come and go.
 */
export function TimelineGrid(props: TimelineGridProps) {
  const { timeline, label, now, compresses, zoom, selected, opened, onSelect, onToggle } = props;
  const { rows, start, end } = timeline;
  const narrow = isNarrow.value;
  const rowHeight = narrow ? NARROW_ROW : ROW_HEIGHT;
  const seen = useRows(rows.length, rowHeight, AXIS_HEIGHT);
  const [active, setActive] = useState<string | null>(selected);
  const names = narrow ? RIGHT_EDGE : NAMES_WIDTH;
  const width = Math.max(120, seen.width - names - RIGHT_EDGE) * zoom;
  const whole = zoom === 1 ? {} : { width: `${names + width + RIGHT_EDGE}px` };
  useZoom(seen.scroller, zoom, seen.width - names);
  const scale = timeScale({ rows, from: start, to: end ?? now, isOpen: end === null, width, compresses });
  const ticks = ticksOf(scale);
  const onKeyDown = useTreeKeys({ ...props, active, setActive, reveal: seen.reveal });
  return (
    <div
      ref={seen.scroller}
      class={`timeline ${rows.length > PLAIN_ROWS ? "long" : ""}`}
      role="treegrid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={rows.length}
      aria-activedescendant={active !== null && rows.some(({ key }) => key === active) ? rowId(active) : undefined}
      onScroll={seen.onScroll}
      onKeyDown={onKeyDown}
    >
      <BarPatterns />
      <div class="axis-row" role="presentation" style={whole}>
        <span class="corner" />
        <TimeAxis scale={scale} ticks={ticks} zone={zone.value} />
      </div>
      <div class="rows" role="presentation" style={{ height: `${rows.length * rowHeight}px`, ...whole }}>
        <div role="presentation" style={{ transform: `translateY(${seen.top}px)` }}>
          {rows.slice(seen.first, seen.end).map((row, at) => (
            <Lane
              key={row.key}
              row={row}
              index={seen.first + at}
              now={now}
              bars={{ row, scale, ticks }}
              isSelected={row.key === selected}
              isActive={row.key === active}
              isOpened={row.instanceId === null ? null : opened.has(row.key)}
              onSelect={(chosen) => {
                setActive(chosen.key);
                onSelect(chosen.key === selected ? null : chosen);
              }}
              onToggle={onToggle}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

/** What is in the middle stays there. */
function useZoom(scroller: RefObject<HTMLElement | null>, zoom: number, seen: number): void {
  const before = useRef(zoom);
  useLayoutEffect(() => {
    const { current } = scroller;
    if (current === null || before.current === zoom) return;
    current.scrollLeft = ((current.scrollLeft + seen / 2) * zoom) / before.current - seen / 2;
    before.current = zoom;
  }, [zoom]);
}

/** Names of events may have anything in them, an id may not. */
const rowId = (key: string): string => `lane-${encodeURIComponent(key)}`;

interface LaneProps {
  readonly row: TimelineRow;
  readonly index: number;
  readonly now: number;
  readonly bars: RowBarsProps;
  readonly isSelected: boolean;
  readonly isActive: boolean;
  /** Null: it has nothing below it. */
  readonly isOpened: boolean | null;
  readonly onSelect: (row: TimelineRow) => void;
  readonly onToggle: (row: TimelineRow) => void;
}

function Lane({ row, index, now, bars, isSelected, isActive, isOpened, onSelect, onToggle }: LaneProps) {
  const note = noteText(row);
  const long = row.state === "open" || row.kind === "instance" ? lengthText(row, now) : "";
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table has no levels
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are those of the whole grid
    <div
      id={rowId(row.key)}
      role="row"
      tabIndex={-1}
      class={`lane ${isActive ? "active" : ""}`}
      aria-level={row.depth + 1}
      aria-rowindex={index + 1}
      aria-selected={isSelected}
      aria-expanded={isOpened ?? undefined}
      onClick={() => onSelect(row)}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a table has no levels */}
      <div role="gridcell" tabIndex={-1} class={`what depth-${Math.min(row.depth, 4)}`}>
        {isOpened !== null && <Opener row={row} isOpened={isOpened} onToggle={onToggle} />}
        <Icon name={ROW_ICONS[row.kind]} isSmall />
        <span class="name">{row.kind === "event" ? `Event ${row.name}` : row.name}</span>
        {note !== "" && <span class="sub">{note}</span>}
        {long !== "" && <span class="long">{long}</span>}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a table has no levels */}
      <div role="gridcell" tabIndex={-1} class="when">
        <span class="visually-hidden">{rowSentence(row, now, zone.value)}</span>
        <RowBars {...bars} />
      </div>
    </div>
  );
}

function Opener({
  row,
  isOpened,
  onToggle,
}: {
  readonly row: TimelineRow;
  readonly isOpened: boolean;
  readonly onToggle: (row: TimelineRow) => void;
}) {
  return (
    <button
      type="button"
      class="opener"
      tabIndex={-1}
      aria-label={`${isOpened ? "Hide" : "Show"} what ${row.name} did`}
      onClick={(event) => {
        event.stopPropagation();
        onToggle(row);
      }}
    >
      <Icon name={isOpened ? "down" : "right"} isSmall />
    </button>
  );
}

interface TreeKeys extends TimelineGridProps {
  readonly active: string | null;
  readonly setActive: (key: string) => void;
  readonly reveal: (row: number) => void;
}

/** Arrows and `j k` move, right and left open and close, Enter shows the row beside, Escape hides it. */
function useTreeKeys({ timeline, opened, selected, active, setActive, reveal, onSelect, onToggle }: TreeKeys) {
  const { rows } = timeline;
  const move = (to: number): void => {
    const index = Math.max(0, Math.min(rows.length - 1, to));
    const row = rows[index];
    if (row === undefined) return;
    setActive(row.key);
    reveal(index);
  };
  return (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || rows.length === 0) return;
    const at = rows.findIndex(({ key }) => key === active);
    const row = rows[at];
    const hasChild = row !== undefined && row.instanceId !== null;
    const isOpened = row !== undefined && opened.has(row.key);
    if (event.key === "ArrowDown" || event.key === "j") move(at + 1);
    else if (event.key === "ArrowUp" || event.key === "k") move(at < 0 ? 0 : at - 1);
    else if (event.key === "Home") move(0);
    else if (event.key === "End") move(rows.length - 1);
    else if (event.key === "ArrowRight" && hasChild && !isOpened) onToggle(row);
    else if (event.key === "ArrowLeft" && hasChild && isOpened) onToggle(row);
    else if (event.key === "ArrowLeft" && row !== undefined)
      move(rows.findLastIndex((above, index) => index < at && above.depth < row.depth));
    else if (event.key === "Enter" && row !== undefined) onSelect(row.key === selected ? null : row);
    else if (event.key === "Escape" && selected !== null) onSelect(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}
