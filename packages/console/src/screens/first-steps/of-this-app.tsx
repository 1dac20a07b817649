import type { FunctionInfo } from "../../api/wire.ts";
import { routeText } from "../../model/function-text.ts";
import { counted, grouped } from "../../model/numbers.ts";
import { hrefOf } from "../../model/routes.ts";
import { lastReload } from "../../state/dev.ts";
import { can } from "../../state/hub.ts";
import { Icon } from "../../widgets/icon.tsx";
import { isStartOpen } from "../common/start-sheet.tsx";
import { Since } from "../common/time.tsx";

/** More would push what listens where out of sight. */
const SHOWN = 8;

export function OfThisApp({ functions }: { readonly functions: readonly FunctionInfo[] }) {
  const reload = lastReload.value;
  return (
    <section class="card">
      <header>
        <Icon name="functions" />
        <h3>Functions of this app</h3>
        {reload !== null && (
          <span class="dim small spread">
            reloaded <Since at={reload.at} suffix=" ago" />, {counted(reload.checked, "instance")} checked
          </span>
        )}
      </header>
      <table class="dense">
        <caption class="visually-hidden">Functions of this app</caption>
        <thead class="visually-hidden">
          <tr>
            <th>Name</th>
            <th>Kind</th>
            <th>Route</th>
            <th>Start</th>
          </tr>
        </thead>
        <tbody>
          {functions.slice(0, SHOWN).map((one) => (
            <tr key={`${one.kind} ${one.name}`}>
              <td class="fn">{one.name}</td>
              <td class="muted">{one.kind === "http" ? "HTTP" : one.kind}</td>
              <td class="mono dim small">{one.route !== null && routeText(one.route)}</td>
              <td class="right">
                {one.kind === "orchestrator" && can("start") && (
                  <button
                    type="button"
                    class="btn s"
                    aria-label={`Start ${one.name}`}
                    onClick={() => {
                      isStartOpen.value = { name: one.name };
                    }}
                  >
                    <Icon name="play" isSmall />
                    Start
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {functions.length > SHOWN && (
        <a class="all-of-them link" href={hrefOf("functions")}>
          All {grouped(functions.length)} functions
        </a>
      )}
    </section>
  );
}
