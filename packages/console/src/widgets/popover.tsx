import type { ComponentChildren, RefObject } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";

const GAP = 6;

export interface Popover {
  readonly id: string;
  readonly isOpen: boolean;
  readonly panel: RefObject<HTMLDivElement | null>;
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly open: () => void;
  readonly close: () => void;
}

/** A panel at a button. The browser puts it above all else, closes it at Escape and at a click elsewhere, and gives the focus back. */
export function usePopover(): Popover {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  useLayoutEffect(() => {
    const shown = panel.current;
    if (!isOpen || shown === null || button.current === null) return;
    shown.showPopover();
    place(shown, button.current);
    const onToggle = (event: ToggleEvent): void => {
      if (event.newState === "closed") setOpen(false);
    };
    shown.addEventListener("toggle", onToggle);
    const again = (): void => {
      if (button.current !== null) place(shown, button.current);
    };
    addEventListener("resize", again);
    return () => {
      shown.removeEventListener("toggle", onToggle);
      removeEventListener("resize", again);
    };
  }, [isOpen]);
  return { id, isOpen, panel, button, open: () => setOpen(true), close: () => panel.current?.hidePopover() };
}

/** Below the button, or above it where there is no room; never over an edge. */
function place(panel: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const left = Math.max(8, Math.min(at.left, innerWidth - width - 8));
  const isBelow = at.bottom + GAP + height <= innerHeight - 8 || at.top < height + GAP;
  panel.style.left = `${left}px`;
  panel.style.top = `${isBelow ? Math.min(at.bottom + GAP, innerHeight - height - 8) : at.top - GAP - height}px`;
}

/** A button with a panel of its own, for a small form. `close` is given to what is in it. */
export function PopoverButton({
  text,
  label,
  look,
  children,
}: {
  readonly text: ComponentChildren;
  readonly label: string;
  readonly look: string;
  readonly children: (close: () => void) => ComponentChildren;
}) {
  const { id, isOpen, panel, button, open, close } = usePopover();
  return (
    <>
      <button
        ref={button}
        type="button"
        class={look}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={isOpen ? close : open}
      >
        {text}
      </button>
      {isOpen && (
        <div ref={panel} id={id} popover="auto" class="menu form" role="dialog" aria-label={label}>
          {children(close)}
        </div>
      )}
    </>
  );
}
