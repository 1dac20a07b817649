import { hub } from "../../state/hub.ts";
import { Icon } from "../../widgets/icon.tsx";

export function Listens() {
  const info = hub.value;
  if (info === null) return null;
  const { paths, store } = info;
  const shown = (path: string | null): string | null => (path === null ? null : `${location.host}${path}`);
  const lines: readonly (readonly [string, string | null])[] = [
    ["This console", `${location.host}${location.pathname.replace(/\/$/, "")}`],
    ["Your HTTP", shown(paths.functions)],
    ["Management", shown(paths.management)],
    ["Metrics", shown(paths.metrics)],
    ["Store", store.where ?? "in memory: it ends with the host"],
  ];
  return (
    <section class="card">
      <header>
        <Icon name="terminal" />
        <h3>What listens where</h3>
      </header>
      <div class="body">
        <dl class="kv listens">
          {lines.map(([name, value]) =>
            value === null ? null : (
              <>
                <dt>{name}</dt>
                <dd class="mono">{value}</dd>
              </>
            ),
          )}
        </dl>
      </div>
    </section>
  );
}
