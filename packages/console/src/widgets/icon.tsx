import type { IconName } from "../design/icons.ts";
import { ICONS } from "../design/icons.ts";

/** Decoration: what it means is said in words beside it, or by the name of its button. */
export function Icon({ name, isSmall = false }: { readonly name: IconName; readonly isSmall?: boolean }) {
  return (
    <svg class={isSmall ? "icon s" : "icon"} viewBox="0 0 24 24" aria-hidden="true">
      <path d={ICONS[name]} stroke-width={name === "more" ? 2.6 : undefined} />
    </svg>
  );
}
