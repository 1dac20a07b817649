import type { HubInfo } from "../../api/wire.ts";
import { countText, sumOf } from "../../model/numbers.ts";
import { counts } from "../../state/hub.ts";

const KINDS = { memory: "In memory: it ends with the host", sqlite: "SQLite", postgres: "PostgreSQL", other: "Of another make" } as const;

export function StoreCard({ info: { store, retention, name, payloads } }: { readonly info: HubInfo }) {
  const all = counts.value;
  return (
    <section class="card">
      <header>
        <h2>Store</h2>
      </header>
      <div class="body">
        <dl class="kv wide">
          <dt>Kind</dt>
          <dd>
            {KINDS[store.kind]}
            {store.where !== null && <span class="mono"> {store.where}</span>}
          </dd>
          <dt>Task hub</dt>
          <dd class="mono">{name}</dd>
          {all !== null && (
            <>
              <dt>Instances</dt>
              <dd>
                {countText(sumOf(Object.values(all.open)))} open, {countText(sumOf(Object.values(all.ended)))} ended in 24 h
              </dd>
            </>
          )}
          <dt>Retention</dt>
          <dd>{retention ?? "ended instances stay"}</dd>
          <dt>Payloads</dt>
          <dd>{payloads === "show" ? "shown" : payloads === "hide" ? "hidden: sizes only" : "some fields are masked"}</dd>
        </dl>
      </div>
    </section>
  );
}
