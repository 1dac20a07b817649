import { useId, useRef } from "preact/hooks";
import { PopoverButton } from "../../widgets/popover.tsx";
import { Clearable, FilterText } from "./filter-text.tsx";

/** A filter that is typed. */
export function TextFilter({
  name,
  value,
  hint,
  onChange,
}: {
  readonly name: string;
  readonly value: string;
  readonly hint: string;
  readonly onChange: (value: string | undefined) => void;
}) {
  return (
    <Clearable name={name} isOn={value !== ""} onClear={() => onChange(undefined)}>
      <PopoverButton look={value === "" ? "filter" : "filter on"} label={name} text={<FilterText name={name} value={value} />}>
        {(close) => (
          <Form
            name={name}
            value={value}
            hint={hint}
            onDone={(next) => {
              close();
              onChange(next === "" ? undefined : next);
            }}
          />
        )}
      </PopoverButton>
    </Clearable>
  );
}

function Form({
  name,
  value,
  hint,
  onDone,
}: {
  readonly name: string;
  readonly value: string;
  readonly hint: string;
  readonly onDone: (value: string) => void;
}) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        onDone(field.current?.value.trim() ?? "");
      }}
    >
      <div class="field">
        <label for={id}>{name}</label>
        <input id={id} ref={field} class="text-input" autofocus defaultValue={value} spellcheck={false} />
        <span class="hint">{hint}</span>
      </div>
      <div class="row">
        <button type="submit" class="btn primary s">
          Apply
        </button>
        <button type="button" class="btn s" onClick={() => onDone("")}>
          Any
        </button>
      </div>
    </form>
  );
}
