import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RowWindow } from "../model/window.ts";
import { rowWindow, scrolledTo } from "../model/window.ts";

export interface SeenRows extends RowWindow {
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Of the scroller, px. */
  readonly width: number;
  readonly onScroll: () => void;
  /** Scrolls so that this row is seen. */
  readonly reveal: (row: number) => void;
}

/** Which rows of a scroller are seen, for lists that draw no others. `above`: px of a head that scrolls with them and stays. */
export function useRows(count: number, rowHeight: number, above: number): SeenRows {
  const scroller = useRef<HTMLDivElement>(null);
  const [box, setBox] = useState({ top: 0, height: 800, width: 0 });
  const measure = (): void => {
    const shown = scroller.current;
    if (shown === null) return;
    const next = { top: shown.scrollTop, height: shown.clientHeight, width: shown.clientWidth };
    setBox((before) => (before.top === next.top && before.height === next.height && before.width === next.width ? before : next));
  };
  useLayoutEffect(() => {
    const shown = scroller.current;
    if (shown === null) return;
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(shown);
    return () => observer.disconnect();
  }, []);
  const reveal = (row: number): void => {
    const shown = scroller.current;
    if (shown !== null) shown.scrollTop = scrolledTo(row, rowHeight, shown.scrollTop, shown.clientHeight - above);
  };
  return { ...rowWindow(count, rowHeight, box.top, box.height), scroller, width: box.width, onScroll: measure, reveal };
}
