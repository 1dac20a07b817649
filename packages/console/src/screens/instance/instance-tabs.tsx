import type { InstanceDetail } from "../../api/wire.ts";
import { grouped } from "../../model/numbers.ts";
import { instanceHref } from "../../model/routes.ts";
import type { InstanceView } from "../../state/instance.ts";
import type { Tab } from "../../widgets/tabs.tsx";
import { Tabs } from "../../widgets/tabs.tsx";
import { ChildrenTab } from "./children-tab.tsx";
import { Generations } from "./generations.tsx";
import { HistoryTab } from "./history-tab.tsx";
import { PayloadsTab } from "./payloads-tab.tsx";
import { TimelineTab } from "./timeline-tab.tsx";

export interface TabProps {
  readonly view: InstanceView;
  readonly detail: InstanceDetail;
  readonly query: URLSearchParams;
}

export function InstanceTabs({ view, detail, tab, query }: TabProps & { readonly tab: string }) {
  const { row, events, children } = detail;
  const tabs: readonly Tab[] = [
    { id: "timeline", label: "Timeline", href: instanceHref(row.id) },
    { id: "history", label: "History", href: instanceHref(row.id, "history"), count: grouped(events) },
    { id: "payloads", label: "Input and output", href: instanceHref(row.id, "payloads") },
    ...(children === 0 ? [] : [{ id: "children", label: "Children", href: instanceHref(row.id, "children"), count: grouped(children) }]),
  ];
  const chosen = tabs.some(({ id }) => id === tab) || tab === "children" ? tab : "timeline";
  return (
    <div class={`parts part-${chosen}`}>
      <Tabs label="Parts of the instance" tabs={tabs} chosen={chosen} />
      {(chosen === "timeline" || chosen === "history") && <Generations detail={detail} />}
      {chosen === "timeline" && <TimelineTab view={view} detail={detail} query={query} />}
      {chosen === "history" && <HistoryTab view={view} detail={detail} query={query} />}
      {chosen === "payloads" && <PayloadsTab view={view} detail={detail} />}
      {chosen === "children" && <ChildrenTab view={view} detail={detail} />}
    </div>
  );
}
