import { useEffect, useState } from "preact/hooks";
import type { InstanceAction, InstanceDetail } from "../../api/wire.ts";
import { actionsFor } from "../../model/instance-actions.ts";
import { hrefOf, instanceHref, isEntityId } from "../../model/routes.ts";
import { can } from "../../state/hub.ts";
import type { InstanceView } from "../../state/instance.ts";
import { useInstance } from "../../state/instance.ts";
import { useKeys } from "../../state/keys.ts";
import { hintOf } from "../../state/problems.ts";
import { replaceRoute } from "../../state/router.ts";
import { Notice, Page } from "../../widgets/page.tsx";
import type { ScreenProps } from "../props.ts";
import { ActionDialog } from "./action-dialog.tsx";
import { FailedPanel } from "./failed-panel.tsx";
import { InstanceHead } from "./instance-head.tsx";
import { InstanceTabs } from "./instance-tabs.tsx";
import { RaiseEventSheet } from "./raise-event-sheet.tsx";
import { StoppedPanel } from "./stopped-panel.tsx";
import { WhyPanel } from "./why-panel.tsx";

export function InstanceScreen({ route }: ScreenProps) {
  const [id = "", tab = "timeline"] = route.path;
  const isEntity = isEntityId(id);
  useEffect(() => {
    if (isEntity) replaceRoute(instanceHref(id));
  }, [id, isEntity]);
  return isEntity ? null : <Orchestration key={id} id={id} tab={tab} query={route.query} />;
}

interface OrchestrationProps {
  readonly id: string;
  readonly tab: string;
  readonly query: URLSearchParams;
}

/** What is open over the page. `event`: the one that a person has chosen to raise. */
interface Dialog {
  readonly action: InstanceAction;
  readonly event: string | null;
}

function Orchestration({ id, tab, query }: OrchestrationProps) {
  const view = useInstance(id);
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const detail = view.detail.value;
  const open = (action: InstanceAction, event: string | null = null): void => setDialog({ action, event });
  useKeys({
    e: () => {
      if (detail !== null && can("raise-event") && actionsFor(detail.row).includes("raise-event")) open("raise-event");
    },
  });
  if (detail === null) return <Missing view={view} />;
  return (
    <Page>
      {view.isGone.value && (
        <Notice title="This instance is gone">
          <p class="muted">It was purged while it was shown. What you see is what was read last.</p>
        </Notice>
      )}
      <InstanceHead view={view} detail={detail} onAct={open} />
      <Situation view={view} detail={detail} onRaise={(event) => open("raise-event", event)} onAct={open} />
      <InstanceTabs view={view} detail={detail} tab={tab} query={query} />
      {dialog?.action === "raise-event" && (
        <RaiseEventSheet view={view} row={detail.row} event={dialog.event} onClose={() => setDialog(null)} />
      )}
      {dialog !== null && dialog.action !== "raise-event" && (
        <ActionDialog action={dialog.action} view={view} detail={detail} onClose={() => setDialog(null)} />
      )}
    </Page>
  );
}

/** Why it does not move, or what it failed with. */
function Situation(props: {
  readonly view: InstanceView;
  readonly detail: InstanceDetail;
  readonly onRaise: (event: string) => void;
  readonly onAct: (action: InstanceAction) => void;
}) {
  const { view, detail, onRaise, onAct } = props;
  const { row } = detail;
  if (row.stopped !== null) return <StoppedPanel view={view} detail={detail} stopped={row.stopped} onAct={onAct} />;
  if (row.status === "Failed") return <FailedPanel view={view} detail={detail} />;
  return row.completedAt === null ? <WhyPanel view={view} onRaise={onRaise} onAct={onAct} /> : null;
}

function Missing({ view }: { readonly view: InstanceView }) {
  const problem = view.problem.value;
  if (view.isGone.value) {
    return (
      <Page>
        <Notice title={`There is no instance ${view.id}`}>
          <p class="muted">It was purged, or was never there: ids are compared exactly.</p>
          <a class="btn" href={hrefOf("instances", [], { id: view.id })}>
            Instances whose id begins like this
          </a>
        </Notice>
      </Page>
    );
  }
  return (
    <Page>
      {problem !== null && (
        <Notice title="The instance could not be read">
          <p class="muted">{problem.message}</p>
          {hintOf(problem) !== null && <p class="muted">{hintOf(problem)}</p>}
          <button type="button" class="btn" onClick={() => view.refresh()}>
            Try again
          </button>
        </Notice>
      )}
    </Page>
  );
}
