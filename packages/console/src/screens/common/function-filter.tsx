import { functions, orchestrators } from "../../state/functions.ts";
import { ChoiceFilter } from "./choice-filter.tsx";

/** One orchestrator, of those that live workers have; one that is gone stays chosen. */
export function FunctionFilter({
  value,
  onChange,
}: {
  readonly value: string | null;
  readonly onChange: (name: string | undefined) => void;
}) {
  const known = orchestrators(functions.value);
  const names = value === null || known.includes(value) ? known : [value, ...known];
  return (
    <ChoiceFilter
      name="Orchestrator"
      none="any"
      value={value}
      choices={names.map((name) => ({ value: name, text: name }))}
      onChoose={(name) => onChange(name === "" ? undefined : name)}
    />
  );
}
