import { Menu } from "../../widgets/menu.tsx";
import { Clearable, FilterText } from "./filter-text.tsx";

/** A filter that is one of some choices, or none. What is chosen and is not among them is shown by its own name. */
export function ChoiceFilter({
  name,
  none,
  value,
  choices,
  onChoose,
}: {
  readonly name: string;
  /** What the choice of none is called. */
  readonly none: string;
  readonly value: string | null;
  readonly choices: readonly { readonly value: string; readonly text: string }[];
  /** Empty: none. */
  readonly onChoose: (value: string) => void;
}) {
  return (
    <Clearable name={name} isOn={value !== null} onClear={() => onChoose("")}>
      <Menu
        look={value === null ? "filter" : "filter on"}
        text={<FilterText name={name} value={choices.find((one) => one.value === value)?.text ?? value ?? ""} />}
        items={[{ value: "", text: none }, ...choices].map((one) => ({ ...one, isOn: one.value === (value ?? "") }))}
        onChoose={onChoose}
      />
    </Clearable>
  );
}
