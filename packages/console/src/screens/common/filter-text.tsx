import type { ComponentChildren } from "preact";
import { Icon } from "../../widgets/icon.tsx";

/** The name of a filter, and its value once it has one. */
export function FilterText({ name, value }: { readonly name: string; readonly value: string }) {
  if (value === "")
    return (
      <>
        <Icon name="plus" isSmall />
        {name}
      </>
    );
  return (
    <>
      {name} <b>{value}</b>
    </>
  );
}

/** A filter that is set can be taken away by one click, beside the button that changes it. */
export function Clearable({
  name,
  isOn,
  onClear,
  children,
}: {
  readonly name: string;
  readonly isOn: boolean;
  readonly onClear: () => void;
  readonly children: ComponentChildren;
}) {
  return (
    <span class={isOn ? "clearable on" : "clearable"}>
      {children}
      {isOn && (
        <button
          type="button"
          class="clear"
          aria-label={`Clear ${name}`}
          title={`Clear ${name}`}
          onClick={({ currentTarget }) => {
            // It is about to go, and the focus stays at the filter.
            currentTarget.parentElement?.querySelector("button")?.focus();
            onClear();
          }}
        >
          <Icon name="cross" isSmall />
        </button>
      )}
    </span>
  );
}
