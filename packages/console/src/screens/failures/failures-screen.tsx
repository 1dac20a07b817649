import { useState } from "preact/hooks";
import type { FailureGroup } from "../../api/wire.ts";
import { countText } from "../../model/numbers.ts";
import { hrefOf } from "../../model/routes.ts";
import type { Span } from "../../model/view-query.ts";
import { SPAN_NAMES, SPAN_TEXTS, SPANS } from "../../model/view-query.ts";
import { storeNow } from "../../state/hub.ts";
import { readFailures } from "../../state/reads.ts";
import { useLive } from "../../state/resource.ts";
import { setQuery } from "../../state/router.ts";
import { Icon } from "../../widgets/icon.tsx";
import { Menu } from "../../widgets/menu.tsx";
import { Notice, Page } from "../../widgets/page.tsx";
import { Tabs } from "../../widgets/tabs.tsx";
import { FilterText } from "../common/filter-text.tsx";
import { FunctionFilter } from "../common/function-filter.tsx";
import { Problem } from "../common/problem.tsx";
import { TextFilter } from "../common/text-filter.tsx";
import type { ScreenProps } from "../props.ts";
import { GroupDetail } from "./group-detail.tsx";
import { GroupLine } from "./group-line.tsx";

const AGAIN_MS = 5_000;

/** What failed or stopped, the same failures as one group: where they were thrown, which they are, and a restart of all of them. */
export function FailuresScreen({ route: { query } }: ScreenProps) {
  const span = SPAN_NAMES.find((name) => name === query.get("ended")) ?? "24h";
  const name = query.get("name") ?? undefined;
  const version = query.get("version") ?? undefined;
  const { state } = useLive((signal) => readFailures({ endedFrom: storeNow() - SPANS[span], name, version }, signal), {
    key: `${span} ${name} ${version}`,
    everyMs: AGAIN_MS,
  });
  const { value, error } = state.value;
  const groups = value?.groups ?? [];
  const [marked, setMarked] = useState<string | null>(null);
  const asked = query.get("group");
  const group = groups.find(({ fingerprint }) => fingerprint === asked) ?? groups[0] ?? null;
  const open = (fingerprint: string): void => {
    setMarked(fingerprint);
    setQuery({ group: fingerprint });
  };
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  return (
    <Page scrolls={false}>
      <div class="list-head">
        <Tabs
          label="Failures"
          chosen="groups"
          tabs={[
            { id: "groups", label: "Groups", href: hrefOf("failures", [], query), count: value === null ? undefined : `${groups.length}` },
            {
              id: "instances",
              label: "Instances",
              href: instancesHref({ span, name, version }),
              count: value === null ? undefined : countText({ n: total, isExact: value.looked.isExact }),
            },
          ]}
        />
        <Filters span={span} name={name} version={version} />
      </div>
      <Problem error={error} />
      {value !== null && groups.length === 0 && (
        <Notice title="Nothing has failed">
          <p class="muted">No instance has failed in the {SPAN_TEXTS[span]}, and none is stopped.</p>
        </Notice>
      )}
      {value !== null && group !== null && (
        <div class="split failures">
          <div class="left">
            <GroupsHead />
            <Groups groups={groups} chosen={group.fingerprint} onOpen={open} focused={marked} />
            <p class="foot-note">
              Grouped by type of error, function and message, with numbers, ids and quoted texts left out. The {countText(value.looked)}{" "}
              newest of the range were looked at.
            </p>
          </div>
          <GroupDetail key={group.fingerprint} group={group} />
        </div>
      )}
    </Page>
  );
}

interface Asked {
  readonly span: Span;
  readonly name: string | undefined;
  readonly version: string | undefined;
}

function Filters({ span, name, version }: Asked) {
  return (
    <span class="filters">
      <Menu
        look="filter on"
        text={
          <>
            <FilterText name="Ended" value={SPAN_TEXTS[span]} />
            <Icon name="down" isSmall />
          </>
        }
        items={SPAN_NAMES.map((one) => ({ value: one, text: SPAN_TEXTS[one], isOn: one === span }))}
        onChoose={(ended) => setQuery({ ended: ended === "24h" ? undefined : ended })}
      />
      <FunctionFilter value={name ?? null} onChange={(next) => setQuery({ name: next })} />
      <TextFilter
        name="Version"
        value={version ?? ""}
        hint="As it was given to the start."
        onChange={(next) => setQuery({ version: next })}
      />
    </span>
  );
}

const GroupsHead = () => (
  <div class="group group-head" aria-hidden="true">
    <span />
    <span>What failed</span>
    <span class="bars-place">Last 24 hours</span>
    <span class="n">Instances</span>
    <span class="when">When</span>
  </div>
);

function instancesHref({ span, name, version }: Asked): string {
  return hrefOf("instances", [], {
    status: "Failed",
    ended: span,
    order: "ended",
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
  });
}

function Groups({
  groups,
  chosen,
  focused,
  onOpen,
}: {
  readonly groups: readonly FailureGroup[];
  readonly chosen: string;
  readonly focused: string | null;
  readonly onOpen: (fingerprint: string) => void;
}) {
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    const next = step === undefined ? undefined : groups[groups.findIndex(({ fingerprint }) => fingerprint === chosen) + step];
    if (next === undefined) return;
    event.preventDefault();
    onOpen(next.fingerprint);
  };
  return (
    <div
      role="listbox"
      aria-label="Groups of failures"
      tabIndex={0}
      aria-activedescendant={`group-${focused ?? chosen}`}
      class="groups"
      onKeyDown={move}
    >
      {groups.map((group) => (
        <GroupLine key={group.fingerprint} group={group} isChosen={group.fingerprint === chosen} onOpen={() => onOpen(group.fingerprint)} />
      ))}
    </div>
  );
}
