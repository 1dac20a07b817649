import { hrefOf } from "../model/routes.ts";
import { route } from "../state/router.ts";
import { Icon } from "../widgets/icon.tsx";
import { ENTRIES } from "./navigation.tsx";

/** Where one is. */
export function Crumbs() {
  const shown = route.value;
  if (shown?.screen === "instance") {
    return (
      <div class="crumbs">
        <a href={hrefOf("instances")}>Instances</a>
        <Icon name="right" isSmall />
        <b class="mono">{shown.path[0]}</b>
      </div>
    );
  }
  const title = shown?.screen === "first-steps" ? "First steps" : ENTRIES.find(({ screen }) => screen === shown?.screen)?.text;
  return (
    <div class="crumbs">
      <b>{title ?? "Not found"}</b>
    </div>
  );
}
