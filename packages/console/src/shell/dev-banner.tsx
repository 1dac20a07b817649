import { useState } from "preact/hooks";
import type { BulkAction } from "../api/wire.ts";
import { counted } from "../model/numbers.ts";
import { siteText } from "../model/places.ts";
import { hrefOf } from "../model/routes.ts";
import { BulkSheet } from "../screens/common/bulk-sheet.tsx";
import { brokenEdit, misfits } from "../state/dev.ts";
import { can } from "../state/hub.ts";
import { Icon } from "../widgets/icon.tsx";

/** An edit that cannot be loaded, or that open instances do not fit: what it means, and what can be done. */
export function DevBanner() {
  const broken = brokenEdit.value;
  if (broken !== null)
    return (
      <p class="banner" role="alert">
        <Icon name="warning" isSmall />
        <span>
          <b>The last edit cannot be loaded.</b> What runs is the code before it. {broken.message}{" "}
          {broken.site !== null && <span class="mono">{siteText(broken.site)}</span>}
        </span>
      </p>
    );
  return misfits.value.length === 0 ? null : <Misfits ids={misfits.value} />;
}

function Misfits({ ids }: { readonly ids: readonly string[] }) {
  const [action, setAction] = useState<BulkAction | null>(null);
  const leave = (): void => {
    misfits.value = [];
  };
  return (
    <div class="banner" role="status">
      <Icon name="warning" isSmall />
      <span>
        <b>{counted(ids.length, "open instance")} began with other code</b> and stop at their next step. Nothing is lost: they continue by
        themselves when code that fits is loaded.
      </span>
      <span class="row spread">
        <a
          class="btn s"
          href={ids.length === 1 && ids[0] !== undefined ? hrefOf("instance", [ids[0]]) : hrefOf("instances", [], { stopped: "1" })}
        >
          Show
        </a>
        {can("bulk") && (
          <>
            <button type="button" class="btn s" onClick={leave}>
              Leave them
            </button>
            <button type="button" class="btn s" onClick={() => setAction("restart")}>
              Restart…
            </button>
            <button type="button" class="btn s danger" onClick={() => setAction("terminate")}>
              Terminate…
            </button>
          </>
        )}
      </span>
      {action !== null && <BulkSheet action={action} target={{ ids }} onClose={() => setAction(null)} />}
    </div>
  );
}
