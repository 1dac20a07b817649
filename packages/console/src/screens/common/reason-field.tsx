import { useId } from "preact/hooks";

export function ReasonField({ value, onInput }: { readonly value: string; readonly onInput: (value: string) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>Reason</label>
      <input id={id} class="text-input" value={value} autocomplete="off" onInput={({ currentTarget }) => onInput(currentTarget.value)} />
      <span class="hint">Kept with it, for whoever asks later. May be empty.</span>
    </div>
  );
}
