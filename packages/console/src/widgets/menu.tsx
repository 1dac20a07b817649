import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { IconName } from "../design/icons.ts";
import { Icon } from "./icon.tsx";
import { usePopover } from "./popover.tsx";

export interface MenuItem {
  readonly value: string;
  readonly text: ComponentChildren;
  readonly icon?: IconName;
  readonly isDanger?: boolean;
  /** Why it cannot be chosen. */
  readonly refused?: string | undefined;
  /** One of several that are chosen, or not. */
  readonly isOn?: boolean;
  readonly isFirstOfGroup?: boolean;
}

export interface MenuProps {
  readonly text: ComponentChildren;
  /** Name of the button where its text is none. */
  readonly label?: string;
  readonly look: string;
  readonly items: readonly MenuItem[];
  readonly onChoose: (value: string) => void;
  /** Stays open, so that several can be chosen. */
  readonly isMany?: boolean;
  readonly isDisabled?: boolean;
}

/** A button that opens a list of choices: arrows, Home, End and first letters move, Enter chooses, Escape closes. */
export function Menu({ text, label, look, items, onChoose, isMany = false, isDisabled = false }: MenuProps) {
  const { id, isOpen, panel, button, open, close } = usePopover();
  const entries = (): readonly HTMLElement[] => [...(panel.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
  useEffect(() => {
    if (!isOpen) return;
    const all = entries();
    (all.find((entry) => entry.ariaChecked === "true") ?? all[0])?.focus();
  }, [isOpen]);
  const choose = ({ value, refused }: MenuItem): void => {
    if (refused !== undefined) return;
    if (!isMany) close();
    onChoose(value);
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class={look}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        disabled={isDisabled}
        onClick={isOpen ? close : open}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" || isOpen) return;
          event.preventDefault();
          open();
        }}
      >
        {text}
      </button>
      {isOpen && (
        <div
          ref={panel}
          id={id}
          popover="auto"
          class="menu"
          role="menu"
          tabIndex={-1}
          aria-label={label ?? button.current?.textContent ?? "Choices"}
          onKeyDown={(event) => {
            if (event.key === "Tab") close();
            const next = moved(entries(), event.key);
            if (next === null) return;
            event.preventDefault();
            next.focus();
          }}
        >
          {items.map((item) => (
            <Entry key={item.value} item={item} isMany={isMany} onChoose={choose} />
          ))}
        </div>
      )}
    </>
  );
}

function Entry({
  item,
  isMany,
  onChoose,
}: {
  readonly item: MenuItem;
  readonly isMany: boolean;
  readonly onChoose: (item: MenuItem) => void;
}) {
  const { text, icon, isOn, isDanger, refused, isFirstOfGroup } = item;
  const role = isOn === undefined ? "menuitem" : isMany ? "menuitemcheckbox" : "menuitemradio";
  return (
    <>
      {isFirstOfGroup === true && <hr />}
      <button
        type="button"
        {...{ role, "aria-checked": isOn }}
        tabIndex={-1}
        class={isDanger === true ? "danger" : undefined}
        aria-disabled={refused !== undefined || undefined}
        title={refused}
        onClick={() => onChoose(item)}
        onMouseMove={(event) => event.currentTarget.focus()}
      >
        {icon !== undefined && <Icon name={icon} isSmall />}
        {text}
        {isOn === true && (
          <span class="spread">
            <Icon name="check" isSmall />
          </span>
        )}
      </button>
    </>
  );
}

/** The entry that a key leads to; null: the key moves nothing. */
function moved(entries: readonly HTMLElement[], key: string): HTMLElement | null {
  const at = document.activeElement instanceof HTMLElement ? entries.indexOf(document.activeElement) : -1;
  const last = entries.length - 1;
  if (key === "ArrowDown") return entries[at >= last ? 0 : at + 1] ?? null;
  if (key === "ArrowUp") return entries[at <= 0 ? last : at - 1] ?? null;
  if (key === "Home") return entries[0] ?? null;
  if (key === "End") return entries[last] ?? null;
  if (!/^[\p{L}\p{N}]$/u.test(key)) return null;
  const behind = [...entries.slice(at + 1), ...entries.slice(0, at + 1)];
  return behind.find((entry) => entry.textContent?.trim().toLowerCase().startsWith(key.toLowerCase())) ?? null;
}
