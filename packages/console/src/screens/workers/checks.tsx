import type { Check } from "../../api/wire.ts";
import { filterQuery } from "../../model/filter-query.ts";
import { hrefOf } from "../../model/routes.ts";
import { Icon } from "../../widgets/icon.tsx";

/** What is looked at all the time, and whether it is as it should be. */
export function Checks({ checks }: { readonly checks: readonly Check[] }) {
  return (
    <section class="card">
      <header>
        <h2>Checks</h2>
        <span class="dim">every 10 s</span>
      </header>
      <ul class="body stack">
        {checks.length === 0 && <li class="dim">There is nothing to check.</li>}
        {checks.map(({ text, outlook, filter }) => (
          <li key={text} class="row">
            <span class={outlook === "fine" ? "ok" : outlook === "stuck" ? "bad" : "warn"}>
              <Icon name={outlook === "fine" ? "check" : "warning"} />
            </span>
            <span>
              <span class="visually-hidden">{outlook === "fine" ? "As it should be:" : "Look at this:"}</span> {text}
            </span>
            {filter !== null && (
              <a class="btn s spread" href={hrefOf("instances", [], filterQuery(filter))}>
                Show them
              </a>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
