import { functions, orchestrators } from "../../state/functions.ts";
import { Menu } from "../../widgets/menu.tsx";
import { FilterText } from "./filter-text.tsx";

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
    <Menu
      look={value === null ? "filter" : "filter on"}
      text={<FilterText name="Orchestrator" value={value ?? ""} />}
      items={[
        { value: "", text: "any", isOn: value === null },
        ...names.map((name) => ({ value: name, text: name, isOn: name === value })),
      ]}
      onChoose={(name) => onChange(name === "" ? undefined : name)}
    />
  );
}
