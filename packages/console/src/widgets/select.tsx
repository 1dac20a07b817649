import { Icon } from "./icon.tsx";

export interface SelectProps {
  readonly value: string;
  readonly choices: readonly string[];
  readonly onChoose: (value: string) => void;
  readonly id?: string;
  /** Where there is no label of its own. */
  readonly label?: string;
}

/** The browser's own list of choices, with our arrow. */
export function Select({ value, choices, onChoose, id, label }: SelectProps) {
  return (
    <span class="select">
      <select id={id} class="text-input" aria-label={label} value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {choices.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
      <Icon name="down" isSmall />
    </span>
  );
}
