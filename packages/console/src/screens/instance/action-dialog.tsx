import { useEffect, useState } from "preact/hooks";
import type { ActionRequest, InstanceAction, InstanceDetail, RewindPlan } from "../../api/wire.ts";
import { commandOf } from "../../model/commands.ts";
import { actionName, consequence, doneText, isDanger } from "../../model/instance-actions.ts";
import { hrefOf, instanceHref } from "../../model/routes.ts";
import { act } from "../../state/acts.ts";
import type { InstanceView } from "../../state/instance.ts";
import { messageOf } from "../../state/problems.ts";
import { go } from "../../state/router.ts";
import { say } from "../../state/toasts.ts";
import { CommandLine } from "../../widgets/command-line.tsx";
import { Sheet, SheetFooter } from "../../widgets/sheet.tsx";
import { Refusal } from "../common/problem.tsx";
import { ReasonField } from "../common/reason-field.tsx";
import { useSending } from "../common/sending.ts";

export interface ActionDialogProps {
  readonly action: Exclude<InstanceAction, "raise-event">;
  readonly view: InstanceView;
  readonly detail: InstanceDetail;
  readonly onClose: () => void;
}

/** Says what will happen, shows the command that does the same, and asks for what it needs. */
export function ActionDialog({ action, view, detail, onClose }: ActionDialogProps) {
  const { row } = detail;
  const isStopped = row.stopped !== null;
  const title = `${actionName(action, isStopped)} ${row.id}`;
  const [reason, setReason] = useState("");
  const [isRecursive, setRecursive] = useState(false);
  const [isSameId, setSameId] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { isSending, send } = useSending(setProblem);
  const hasChildrenToo = action === "terminate" || action === "purge";
  const plan = usePlan(action, row.id, setProblem);
  const request: ActionRequest = {
    ...(reason.trim() === "" ? {} : { reason: reason.trim() }),
    ...(hasChildrenToo && isRecursive ? { recursive: true } : {}),
    ...(action === "restart" && isSameId ? { instanceId: "same" } : {}),
  };
  const perform = async (): Promise<void> => {
    const { instanceId } = await act(row.id, action, request);
    const isOther = instanceId !== row.id;
    say(isOther ? `${row.id} was restarted as ${instanceId}.` : doneText(action, row.id), {
      link: isOther ? { href: instanceHref(instanceId), text: "Open it" } : null,
    });
    onClose();
    if (action === "purge") go(hrefOf("instances"));
    else view.refresh();
  };
  return (
    <Sheet
      title={title}
      look="box"
      onClose={onClose}
      footer={
        <SheetFooter
          sends={() => send(perform)}
          text={actionName(action, isStopped)}
          isDisabled={isSending}
          isDanger={isDanger(action)}
          onClose={onClose}
        />
      }
    >
      <p class="muted">{consequence(action, isStopped)}</p>
      {action === "rewind" && plan !== null && <Plan plan={plan} />}
      {hasChildrenToo && detail.children > 0 && (
        <Choice isOn={isRecursive} onChange={setRecursive} text={`Its sub-orchestrations as well (${detail.children}), and theirs`} />
      )}
      {action === "restart" && row.completedAt !== null && (
        <Choice isOn={isSameId} onChange={setSameId} text="Under the same id: the new one takes the place of this one" />
      )}
      <ReasonField value={reason} onInput={setReason} />
      <CommandLine command={commandOf(action, row.id, request)} />
      <Refusal text={problem} />
    </Sheet>
  );
}

function Choice({ isOn, onChange, text }: { readonly isOn: boolean; readonly onChange: (isOn: boolean) => void; readonly text: string }) {
  return (
    <label class="switch">
      <input type="checkbox" checked={isOn} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />
      {text}
    </label>
  );
}

/** What a rewind would do, from the host: nothing is done yet. */
function usePlan(action: InstanceAction, id: string, onProblem: (text: string) => void): RewindPlan | null {
  const [plan, setPlan] = useState<RewindPlan | null>(null);
  useEffect(() => {
    if (action !== "rewind") return;
    act(id, "rewind", { dryRun: true }).then(
      (result) => setPlan(result.plan),
      (error: unknown) => onProblem(messageOf(error)),
    );
  }, [action, id]);
  return plan;
}

function Plan({ plan }: { readonly plan: RewindPlan }) {
  const { activities, droppedEpisodes, rewinds } = plan;
  return (
    <ul class="plan">
      {activities.map(({ eventId, name }) => (
        <li key={eventId}>
          runs again: <b>{name}</b> <span class="dim">id {eventId}</span>
        </li>
      ))}
      {rewinds.map((child) => (
        <li key={child.instanceId}>
          rewinds its child <span class="mono">{child.instanceId}</span>
        </li>
      ))}
      {droppedEpisodes > 0 && (
        <li>{droppedEpisodes === 1 ? "one episode is" : `${droppedEpisodes} episodes are`} taken out of its history</li>
      )}
    </ul>
  );
}
