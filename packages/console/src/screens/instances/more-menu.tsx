import { BUILT_IN, viewOf } from "../../model/views.ts";
import { go } from "../../state/router.ts";
import { ownViews } from "../../state/views.ts";
import { Icon } from "../../widgets/icon.tsx";
import type { MenuItem } from "../../widgets/menu.tsx";
import { Menu } from "../../widgets/menu.tsx";
import { copyAndSay } from "../common/copy-and-say.ts";

export function MoreMenu({ query, onRefresh }: { readonly query: URLSearchParams; readonly onRefresh: () => void }) {
  const own = viewOf(query, BUILT_IN) === null ? viewOf(query, ownViews.value) : null;
  const items: MenuItem[] = [
    { value: "refresh", text: "Update now", icon: "repeat" },
    { value: "link", text: "Copy the address of this list", icon: "copy" },
  ];
  if (own !== null) items.push({ value: "forget", text: `Forget the view ${own.name}`, icon: "trash", isFirstOfGroup: true });
  return (
    <Menu
      look="btn s icon-only"
      label="More"
      text={<Icon name="more" isSmall />}
      items={items}
      onChoose={(value) => {
        if (value === "refresh") onRefresh();
        else if (value === "link") copyAndSay(location.href, "The address is copied.");
        else {
          ownViews.value = ownViews.value.filter((view) => view !== own);
          go("#/instances");
        }
      }}
    />
  );
}
