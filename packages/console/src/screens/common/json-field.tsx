/** JSON in a plain text area, without the lines and colours of the editor. */
export function JsonField({
  id,
  label,
  value,
  rows,
  hint,
  problem,
  onInput,
}: {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly rows: number;
  readonly hint: string;
  /** Said in place of the hint. */
  readonly problem: string | null;
  readonly onInput: (value: string) => void;
}) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        class="text-input"
        rows={rows}
        spellcheck={false}
        value={value}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
      {problem === null ? <span class="hint">{hint}</span> : <span class="problem">{problem}</span>}
    </div>
  );
}
