import type { EntityInfo } from "../../api/wire.ts";
import { counted, grouped } from "../../model/numbers.ts";
import { hrefOf } from "../../model/routes.ts";
import { useEntityPages } from "../../state/entity-pages.ts";
import { functions, isOwn } from "../../state/functions.ts";
import { setQuery } from "../../state/router.ts";
import { Icon } from "../../widgets/icon.tsx";
import { Notice, Page } from "../../widgets/page.tsx";
import { ScrollArea } from "../../widgets/scroll-area.tsx";
import { ChoiceFilter } from "../common/choice-filter.tsx";
import { Problem } from "../common/problem.tsx";
import { Since } from "../common/time.tsx";
import type { ScreenProps } from "../props.ts";
import { EntityDetail } from "./entity-detail.tsx";

/** Entities: their state, who holds them, and what went wrong last. */
export function EntitiesScreen({ route: { path, query } }: ScreenProps) {
  const name = query.get("name") ?? undefined;
  const { entities, isLoading, error, more, again } = useEntityPages(name);
  const known = functions.value.filter((one) => one.kind === "entity" && isOwn(one)).map((one) => one.name);
  const [chosen] = path;
  return (
    <Page scrolls={false}>
      <div class="filters">
        <ChoiceFilter
          name="Entity"
          none="any"
          value={name ?? null}
          choices={known.map((one) => ({ value: one, text: one }))}
          onChoose={(value) => setQuery({ name: value })}
        />
        {!isLoading && (
          <span class="dim">
            {more === null ? counted(entities.length, "entity", "entities") : `the first ${grouped(entities.length)}`}
          </span>
        )}
      </div>
      <Problem error={error} />
      {!isLoading && error === null && entities.length === 0 && chosen === undefined ? (
        <Notice title="There is no entity">
          <p class="muted">One begins with the first operation that is signaled or called.</p>
        </Notice>
      ) : (
        <div class={chosen === undefined ? "split lone" : "split"}>
          <div class="left">
            <EntityTable entities={entities} chosen={chosen ?? null} query={query} />
            {more !== null && (
              <p class="list-end">
                <button type="button" class="btn s" onClick={more}>
                  More
                </button>
              </p>
            )}
          </div>
          {chosen !== undefined && <EntityDetail key={chosen} id={chosen} onChange={again} />}
        </div>
      )}
    </Page>
  );
}

function EntityTable({
  entities,
  chosen,
  query,
}: {
  readonly entities: readonly EntityInfo[];
  readonly chosen: string | null;
  readonly query: URLSearchParams;
}) {
  return (
    <ScrollArea look="sideways" label="Entities, sideways">
      <table class={chosen === null ? "entities" : "entities brief"}>
        <thead>
          <tr>
            <th class="e-name">Entity</th>
            <th class="e-key">Key</th>
            <th>State</th>
            <th class="e-lock">Lock</th>
            <th class="e-held right">In line</th>
            <th class="e-last right">Last operation</th>
          </tr>
        </thead>
        <tbody>
          {entities.map((one) => (
            <tr key={one.id} aria-current={one.id === chosen ? "true" : undefined}>
              <td class="fn">{one.name}</td>
              <td>
                <a class="id" href={hrefOf("entities", [one.id], query)}>
                  {one.key}
                </a>
              </td>
              <td class="mono dim small">
                <EntityMark one={one} />
              </td>
              <td class="small">{one.lock === null ? "" : <span class="warn mono">{one.lock.holder}</span>}</td>
              <td class="num right">{one.held === 0 ? <span class="dim">0</span> : <b>{one.held}</b>}</td>
              <td class="num right muted">
                <Since at={one.lastOperationAt} suffix=" ago" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  );
}

function EntityMark({ one }: { readonly one: EntityInfo }) {
  if (one.stopped !== null)
    return (
      <span class="warn" title={one.stopped.message}>
        <Icon name="warning" isSmall /> stopped: {one.stopped.message}
      </span>
    );
  if (one.lastFailure !== null)
    return (
      <span class="bad" title={one.lastFailure.message}>
        <Icon name="cross" isSmall /> {one.lastFailure.operation}: {one.lastFailure.message}
      </span>
    );
  if (!one.exists) return <>none</>;
  return <>{one.state === null ? "" : (one.state.text ?? `hidden, ${one.state.bytes} B`)}</>;
}
