import { useState } from "preact/hooks";
import { counted } from "../model/numbers.ts";
import { siteText } from "../model/places.ts";
import { instanceHref } from "../model/routes.ts";
import { useSending } from "../screens/common/sending.ts";
import { decideMisfits } from "../state/acts.ts";
import { brokenEdit, misfits } from "../state/dev.ts";
import { can } from "../state/hub.ts";
import { sayProblem } from "../state/toasts.ts";
import { Icon } from "../widgets/icon.tsx";
import type { MisfitsAsked } from "./misfits-sheet.tsx";
import { MisfitsSheet } from "./misfits-sheet.tsx";

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

/** So many are named. */
const NAMED = 3;

function Misfits({ ids }: { readonly ids: readonly string[] }) {
  const [asked, setAsked] = useState<MisfitsAsked | null>(null);
  const leaving = useSending(sayProblem);
  const isOne = ids.length === 1;
  return (
    <>
      <div class="banner" role="status">
        <Icon name="warning" isSmall />
        <span>
          <b>
            {counted(ids.length, "open instance")} {isOne ? "does" : "do"} not fit the code
          </b>
          , and {isOne ? "stops at its" : "stop at their"} next step: <Names ids={ids} />. Nothing is lost:{" "}
          {isOne ? "it continues by itself" : "they continue by themselves"} when code that fits is loaded.
        </span>
        {can("restart") && (
          <span class="row spread">
            <button type="button" class="btn s" disabled={leaving.isSending} onClick={() => leaving.send(() => decideMisfits("leave"))}>
              Leave {isOne ? "it" : "them"}
            </button>
            <button type="button" class="btn s" aria-haspopup="dialog" onClick={() => setAsked("restart")}>
              Restart…
            </button>
            <button type="button" class="btn s danger" aria-haspopup="dialog" onClick={() => setAsked("terminate")}>
              Terminate…
            </button>
          </span>
        )}
      </div>
      {asked !== null && <MisfitsSheet choice={asked} count={ids.length} onClose={() => setAsked(null)} />}
    </>
  );
}

function Names({ ids }: { readonly ids: readonly string[] }) {
  return (
    <>
      {ids.slice(0, NAMED).map((id, index) => (
        <span key={id}>
          {index > 0 && ", "}
          <a class="link mono" href={instanceHref(id)}>
            {id}
          </a>
        </span>
      ))}
      {ids.length > NAMED && ` and ${counted(ids.length - NAMED, "other")}`}
    </>
  );
}
