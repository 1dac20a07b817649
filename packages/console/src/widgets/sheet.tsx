import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { IconName } from "../design/icons.ts";
import { Icon } from "./icon.tsx";

export interface SheetProps {
  readonly title: ComponentChildren;
  readonly icon?: IconName;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly footer?: ComponentChildren;
  /** At the right edge, or in the middle. */
  readonly look?: "sheet" | "box";
}

/** A dialog over the page: the browser keeps the focus in it, and Escape closes it. Focus goes back to where it was. */
export function Sheet({ title, icon, onClose, children, footer, look = "sheet" }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    const shown = dialog.current;
    dialog.current?.showModal();
    return () => {
      // Not from somebody who has gone elsewhere meanwhile.
      const isFree =
        document.activeElement === null || document.activeElement === document.body || shown?.contains(document.activeElement) === true;
      if (isFree && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={look}
      aria-labelledby={id}
      onClose={onClose}
      onMouseDown={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <header>
        {icon !== undefined && <Icon name={icon} />}
        <h2 id={id}>{title}</h2>
        <button type="button" class="btn ghost icon-only s spread" aria-label="Close" onClick={onClose}>
          <Icon name="cross" isSmall />
        </button>
      </header>
      <div class="content">{children}</div>
      {footer !== undefined && <footer>{footer}</footer>}
    </dialog>
  );
}

interface SheetFooterProps {
  /** Id of the form that it sends, or what it does where there is no form. */
  readonly sends: string | (() => void);
  readonly icon?: IconName;
  readonly text: string;
  readonly isDisabled?: boolean;
  readonly isDanger?: boolean;
  readonly onClose: () => void;
  /** At the other side. */
  readonly children?: ComponentChildren;
}

/** Below what is asked: a button that gives it up, and the one that sends it. */
export function SheetFooter({ sends, icon, text, isDisabled = false, isDanger = false, onClose, children }: SheetFooterProps) {
  const [form, onClick] = typeof sends === "string" ? [sends, undefined] : [undefined, sends];
  return (
    <>
      {children}
      <button type="button" class="btn spread" onClick={onClose}>
        Cancel
      </button>
      <button
        type={form === undefined ? "button" : "submit"}
        form={form}
        class={isDanger ? "btn primary danger" : "btn primary"}
        disabled={isDisabled}
        onClick={onClick}
      >
        {icon !== undefined && <Icon name={icon} isSmall />}
        {text}
      </button>
    </>
  );
}
