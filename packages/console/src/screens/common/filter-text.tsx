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
      <Icon name="down" isSmall />
    </>
  );
}
