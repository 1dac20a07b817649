import { useSignal } from "@preact/signals";
import type { FunctionInfo } from "../../api/wire.ts";
import type { IconName } from "../../design/icons.ts";
import { listed, routeText } from "../../model/function-text.ts";
import { counted, grouped } from "../../model/numbers.ts";
import { hrefOf } from "../../model/routes.ts";
import { functions, isOwn } from "../../state/functions.ts";
import { can } from "../../state/hub.ts";
import { Icon } from "../../widgets/icon.tsx";
import { Notice, Page } from "../../widgets/page.tsx";
import { ScrollArea } from "../../widgets/scroll-area.tsx";
import { isStartOpen } from "../common/start-sheet.tsx";
import type { ScreenProps } from "../props.ts";

const KINDS = [
  { kind: "orchestrator", title: "Orchestrators", icon: "instances" },
  { kind: "activity", title: "Activities", icon: "activity" },
  { kind: "entity", title: "Entities", icon: "entity" },
  { kind: "http", title: "HTTP functions", icon: "globe" },
] as const;

/** The column that a kind has for itself. */
const FURTHER: Readonly<Record<FunctionInfo["kind"], string | null>> = {
  orchestrator: null,
  activity: "At once",
  entity: null,
  http: "Route",
};

/** What live workers offer, and which of them offer it. */
export function FunctionsScreen({ route: { path } }: ScreenProps) {
  const wanted = useSignal("");
  const [only] = path;
  const text = (only ?? wanted.value).trim().toLowerCase();
  const own = functions.value.filter(isOwn);
  const shown = own.filter(({ name }) => (only === undefined ? name.toLowerCase().includes(text) : name.toLowerCase() === text));
  return (
    <Page>
      <div class="filters">
        {only === undefined ? (
          <span class="input id-filter">
            <Icon name="search" isSmall />
            <input
              type="search"
              aria-label="Name contains"
              placeholder="Name contains…"
              spellcheck={false}
              value={wanted.value}
              onInput={(event) => {
                wanted.value = event.currentTarget.value;
              }}
            />
          </span>
        ) : (
          <a class="filter on" href={hrefOf("functions")}>
            Name <b>{only}</b> <Icon name="cross" isSmall />
          </a>
        )}
        <span class="dim">{counted(shown.length, "function")}</span>
      </div>
      {own.length === 0 && (
        <Notice title="No worker is live that has functions">
          <p class="muted">Start one with perdure start, on the same store. Instances that were started wait for it.</p>
        </Notice>
      )}
      {own.length > 0 && shown.length === 0 && <Notice title={`No live worker has ${text}`} />}
      {KINDS.map(({ kind, title, icon }) => {
        const of = shown.filter((one) => one.kind === kind);
        return of.length === 0 ? null : <OfKind key={kind} kind={kind} title={title} icon={icon} functions={of} />;
      })}
    </Page>
  );
}

interface OfKindProps {
  readonly kind: FunctionInfo["kind"];
  readonly title: string;
  readonly icon: IconName;
  readonly functions: readonly FunctionInfo[];
}

function OfKind({ kind, title, icon, functions }: OfKindProps) {
  const further = FURTHER[kind];
  return (
    <section class="grid closed">
      <header>
        <Icon name={icon} />
        <h2>{title}</h2>
        <span class="dim">{functions.length}</span>
      </header>
      <ScrollArea look="sideways" label={`${title}, sideways`}>
        <table class="functions">
          <thead>
            <tr>
              <th>Name</th>
              {hasVersions(kind) && <th class="f-versions">Versions</th>}
              {further !== null && <th class="f-further">{further}</th>}
              <th class="f-workers">Workers</th>
              <th class="f-acts">
                <span class="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {functions.map((one) => (
              <FunctionRow key={one.name} one={one} />
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </section>
  );
}

/** Others have none. */
const hasVersions = (kind: FunctionInfo["kind"]): boolean => kind === "orchestrator";

function FunctionRow({ one }: { readonly one: FunctionInfo }) {
  const { name, kind, workers, versions } = one;
  return (
    <tr>
      <td class="fn" title={name}>
        {name}
      </td>
      {hasVersions(kind) && <td class="muted">{versions ?? "all"}</td>}
      {FURTHER[kind] !== null && <Further one={one} />}
      <td class="muted num">{kind === "http" ? "this host" : workers.length === 0 ? <span class="bad">none</span> : listed(workers)}</td>
      <td class="right">
        {kind === "orchestrator" && (
          <span class="row acts">
            <a class="btn s ghost" href={hrefOf("instances", [], { name })} aria-label={`Instances of ${name}`}>
              Instances
            </a>
            {can("start") && (
              <button
                type="button"
                class="btn s"
                aria-label={`Start ${name}`}
                onClick={() => {
                  isStartOpen.value = { name };
                }}
              >
                <Icon name="play" isSmall />
                Start
              </button>
            )}
          </span>
        )}
        {kind === "entity" && (
          <a class="btn s ghost" href={hrefOf("entities", [], { name })} aria-label={`Entities of ${name}`}>
            Entities
          </a>
        )}
      </td>
    </tr>
  );
}

function Further({ one: { kind, route, limit } }: { readonly one: FunctionInfo }) {
  if (route === null) return <td class="muted num">{kind === "activity" && (limit === null ? "no limit of its own" : grouped(limit))}</td>;
  return (
    <td class="mono dim small" title={routeText(route)}>
      {routeText(route)}
    </td>
  );
}
