import { useState } from "preact/hooks";
import type { MisfitChoice } from "../api/wire.ts";
import { counted } from "../model/numbers.ts";
import { Refusal } from "../screens/common/problem.tsx";
import { useSending } from "../screens/common/sending.ts";
import { decideMisfits } from "../state/acts.ts";
import { say } from "../state/toasts.ts";
import { Sheet, SheetFooter } from "../widgets/sheet.tsx";

export type MisfitsAsked = Exclude<MisfitChoice, "leave">;

const WORDS: Readonly<Record<MisfitsAsked, { readonly verb: string; readonly done: string; readonly one: string; readonly many: string }>> =
  {
    restart: {
      verb: "Restart",
      done: "restarted",
      one: "It begins again with the code of now, under the same id and with the same input. What it did up to now happens again.",
      many: "They begin again with the code of now, under the same ids and with the same inputs. What they did up to now happens again.",
    },
    terminate: {
      verb: "Terminate",
      done: "terminated",
      one: "It ends at once with the status Terminated, and so do its sub-orchestrations. This cannot be undone.",
      many: "They end at once with the status Terminated, and so do their sub-orchestrations. This cannot be undone.",
    },
  };

/** As the keys r and t in the terminal do it, which asks no question there. */
export function MisfitsSheet({
  choice,
  count,
  onClose,
}: {
  readonly choice: MisfitsAsked;
  readonly count: number;
  readonly onClose: () => void;
}) {
  const { verb, done, one, many } = WORDS[choice];
  const [refused, setRefused] = useState<string | null>(null);
  const { isSending, send } = useSending(setRefused);
  const decide = async (): Promise<void> => {
    await decideMisfits(choice);
    say(`What does not fit the code is ${done}.`);
    onClose();
  };
  return (
    <Sheet
      title={`${verb} ${counted(count, "instance")}`}
      look="box"
      onClose={onClose}
      footer={
        <SheetFooter sends={() => send(decide)} text={verb} isDisabled={isSending} isDanger={choice === "terminate"} onClose={onClose} />
      }
    >
      <p class="muted">{count === 1 ? one : many}</p>
      <Refusal text={refused} />
    </Sheet>
  );
}
