import { useState } from "preact/hooks";
import type { EntityInfo } from "../../api/wire.ts";
import { ENTITY_ACTION_ICONS } from "../../design/icons.ts";
import { entityCommand } from "../../model/commands.ts";
import type { EntityAction } from "../../model/entity-actions.ts";
import { ENTITY_ACTIONS } from "../../model/entity-actions.ts";
import { actOnEntity } from "../../state/acts.ts";
import { say } from "../../state/toasts.ts";
import { CommandLine } from "../../widgets/command-line.tsx";
import { Sheet, SheetFooter } from "../../widgets/sheet.tsx";
import { Refusal } from "../common/problem.tsx";
import { ReasonField } from "../common/reason-field.tsx";
import { useSending } from "../common/sending.ts";

export interface EntitySheetProps {
  readonly entity: Pick<EntityInfo, "id" | "name" | "key">;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Says what will happen, shows the command that does the same, and asks why. */
export function EntityActionSheet({ action, entity, onDone, onClose }: EntitySheetProps & { readonly action: EntityAction }) {
  const { name, consequence, done } = ENTITY_ACTIONS[action];
  const icon = ENTITY_ACTION_ICONS[action];
  const [reason, setReason] = useState("");
  const [refused, setRefused] = useState<string | null>(null);
  const { isSending, send } = useSending(setRefused);
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    send(async () => {
      await actOnEntity(entity.id, action, reason.trim());
      say(`${entity.id} ${done}`);
      onDone();
    });
  };
  const isDanger = action !== "resume";
  return (
    <Sheet
      icon={isDanger ? "warning" : icon}
      title={`${name}: ${entity.id}`}
      onClose={onClose}
      footer={<SheetFooter sends="entity-action" icon={icon} text={name} isDisabled={isSending} isDanger={isDanger} onClose={onClose} />}
    >
      <form id="entity-action" class="stack loose" onSubmit={onSubmit}>
        <p class="muted">{consequence}</p>
        {isDanger && <ReasonField value={reason} onInput={setReason} />}
        <CommandLine command={entityCommand(action, entity, reason.trim())} />
        <Refusal text={refused} />
      </form>
    </Sheet>
  );
}
