import type { ComponentChildren } from "preact";
import { Component } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { rowWindow, scrolledTo } from "../model/window.ts";

export interface GridColumn {
  readonly id: string;
  readonly head: ComponentChildren;
  readonly isRight?: boolean;
}

export interface VirtualGridProps {
  readonly label: string;
  readonly ids: readonly string[];
  readonly columns: readonly GridColumn[];
  readonly rowHeight: number;
  /** The cells of a row, each a `GridCell`. The same function each time, so that a row which does not change is not drawn. */
  readonly row: (id: string) => ComponentChildren;
  readonly selected: ReadonlySet<string>;
  readonly active: string | null;
  readonly onActive: (id: string) => void;
  readonly onOpen: (id: string) => void;
  readonly onToggle: (id: string, isRange: boolean) => void;
  readonly onEscape: () => void;
  readonly onSee: (first: number, end: number) => void;
  readonly onScroll: (isAtTop: boolean) => void;
  /** There are more than are known here. */
  readonly hasMore: boolean;
  /** Behind the last row. */
  readonly children?: ComponentChildren;
}

const HEAD_HEIGHT = 32;

/**
 * A table of any length: only the rows that are seen exist. The focus stays on the table, which names the row that is marked; so it is not lost when that
 * row is scrolled away.
 */
export function VirtualGrid(props: VirtualGridProps) {
  const { label, ids, columns, rowHeight, row, selected, active, onOpen, onToggle, onActive, onSee, onScroll, hasMore, children } = props;
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ scrolled: 0, seen: 600 });
  const look = (): void => {
    const { current } = box;
    if (current === null) return;
    const scrolled = Math.floor(current.scrollTop / rowHeight) * rowHeight;
    onScroll(current.scrollTop < rowHeight / 2);
    setPlace((before) =>
      before.scrolled === scrolled && before.seen === current.clientHeight ? before : { scrolled, seen: current.clientHeight },
    );
  };
  useLayoutEffect(() => {
    look();
    const observer = new ResizeObserver(look);
    if (box.current !== null) observer.observe(box.current);
    return () => observer.disconnect();
  }, [rowHeight]);
  const { first, end, top } = rowWindow(ids.length, rowHeight, place.scrolled, place.seen);
  const shown = ids.slice(first, end);
  useEffect(() => onSee(first, end), [first, end, ids]);
  const onKeyDown = useGridKeys(props, box);
  return (
    <div
      ref={box}
      class="vgrid"
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={hasMore ? -1 : ids.length + 1}
      aria-colcount={columns.length}
      aria-multiselectable="true"
      aria-activedescendant={active !== null && shown.includes(active) ? rowId(active) : undefined}
      onScroll={look}
      onKeyDown={onKeyDown}
    >
      <GridHead columns={columns} />
      <div role="rowgroup" class="vbody" style={{ height: `${ids.length * rowHeight}px` }}>
        <div class="vshown" role="presentation" style={{ transform: `translateY(${top}px)` }}>
          {/* What is scrolled away is what comes in again, with another content: a row made anew costs more. */}
          {shown.map((id, at) => (
            <GridRow
              key={(first + at) % shown.length}
              id={id}
              index={first + at}
              isSelected={selected.has(id)}
              isActive={id === active}
              row={row}
              onOpen={onOpen}
              onToggle={onToggle}
              onActive={onActive}
            />
          ))}
        </div>
      </div>
      {children}
    </div>
  );
}

const GridHead = ({ columns }: Pick<VirtualGridProps, "columns">) => (
  <div role="rowgroup" class="vhead">
    <div role="row" class="vrow" aria-rowindex={1}>
      {columns.map(({ id, head, isRight }) => (
        <div key={id} role="columnheader" class={`vcell c-${id}${isRight ? " right" : ""}`}>
          {head}
        </div>
      ))}
    </div>
  </div>
);

const rowId = (id: string): string => `row-${id}`;

interface GridRowProps {
  readonly id: string;
  readonly index: number;
  readonly isSelected: boolean;
  readonly isActive: boolean;
  readonly row: (id: string) => ComponentChildren;
  readonly onOpen: (id: string) => void;
  readonly onToggle: (id: string, isRange: boolean) => void;
  readonly onActive: (id: string) => void;
}

class GridRow extends Component<GridRowProps> {
  override shouldComponentUpdate(next: Readonly<GridRowProps>): boolean {
    const { id, index, isSelected, isActive, row } = this.props;
    return next.id !== id || next.index !== index || next.isSelected !== isSelected || next.isActive !== isActive || next.row !== row;
  }

  override render({ id, index, isSelected, isActive, row }: Readonly<GridRowProps>) {
    return (
      <div
        id={rowId(id)}
        role="row"
        tabIndex={-1}
        class={isActive ? "vrow active" : "vrow"}
        aria-rowindex={index + 2}
        aria-selected={isSelected}
        onClick={this.#click}
        onKeyDown={ignore}
      >
        {row(id)}
      </div>
    );
  }

  readonly #click = (event: MouseEvent): void => {
    const { id, onToggle, onOpen, onActive } = this.props;
    if (!(event.target instanceof Element)) return;
    if (event.target.closest("input") !== null) {
      onToggle(id, event.shiftKey);
      return;
    }
    if (event.target.closest("a, button") !== null || getSelection()?.isCollapsed === false) return;
    onActive(id);
    if (event.shiftKey) onToggle(id, true);
    else onOpen(id);
  };
}

/** Keys are the table's. */
const ignore = (): void => {};

export function GridCell({
  id,
  children,
  isRight = false,
  look = "",
}: {
  readonly id: string;
  readonly children?: ComponentChildren;
  readonly isRight?: boolean;
  readonly look?: string;
}) {
  return (
    <div role="gridcell" tabIndex={-1} class={`vcell c-${id} ${look}${isRight ? " right" : ""}`}>
      {children}
    </div>
  );
}

/** Arrows and `j k` move, Enter opens, Space chooses, with Shift a range. */
function useGridKeys(props: VirtualGridProps, box: { readonly current: HTMLDivElement | null }) {
  const { ids, rowHeight, active, onActive, onOpen, onToggle, onEscape } = props;
  const moveTo = (index: number, isRange: boolean): void => {
    const to = ids[Math.max(0, Math.min(ids.length - 1, index))];
    if (to === undefined || box.current === null) return;
    if (isRange) onToggle(to, true);
    onActive(to);
    const { scrollTop, clientHeight } = box.current;
    box.current.scrollTop = scrolledTo(ids.indexOf(to), rowHeight, scrollTop, clientHeight - HEAD_HEIGHT);
  };
  return (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = active === null ? -1 : ids.indexOf(active);
    const page = Math.max(1, Math.floor(((box.current?.clientHeight ?? 600) - HEAD_HEIGHT) / rowHeight) - 1);
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page };
    const step = steps[event.key];
    if (step !== undefined) moveTo(at < 0 ? 0 : at + step, event.shiftKey);
    else if (event.key === "Home") moveTo(0, event.shiftKey);
    else if (event.key === "End") moveTo(ids.length - 1, event.shiftKey);
    else if (event.key === "Enter" && active !== null && event.target === box.current) onOpen(active);
    else if (event.key === " " && active !== null) onToggle(active, event.shiftKey);
    else if (event.key === "Escape") onEscape();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}
