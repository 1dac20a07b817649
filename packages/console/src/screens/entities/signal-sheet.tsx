import { useState } from "preact/hooks";
import { signalCommand } from "../../model/commands.ts";
import { payloadFault } from "../../model/json-fault.ts";
import { signalEntity } from "../../state/acts.ts";
import { hub } from "../../state/hub.ts";
import { say } from "../../state/toasts.ts";
import { CommandLine } from "../../widgets/command-line.tsx";
import { JsonEditor } from "../../widgets/json-editor.tsx";
import { Sheet, SheetFooter } from "../../widgets/sheet.tsx";
import { Refusal } from "../common/problem.tsx";
import { useSending } from "../common/sending.ts";
import type { EntitySheetProps } from "./entity-action-sheet.tsx";

/** One operation, one way: nobody waits for its result. */
export function SignalSheet({ entity, onDone, onClose }: EntitySheetProps) {
  const [operation, setOperation] = useState("");
  const [input, setInput] = useState("");
  const [refused, setRefused] = useState<string | null>(null);
  const fault = payloadFault(input);
  const signal = { operation: operation.trim(), ...(input.trim() === "" ? {} : { input }) };
  const { isSending, send } = useSending(setRefused);
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    send(async () => {
      await signalEntity(entity.id, signal);
      say(`${signal.operation} is sent to ${entity.id}.`);
      onDone();
    });
  };
  return (
    <Sheet
      icon="send"
      title="Signal the entity"
      onClose={onClose}
      footer={
        <SheetFooter
          sends="signal"
          icon="send"
          text="Send"
          isDisabled={signal.operation === "" || fault !== null || isSending}
          onClose={onClose}
        />
      }
    >
      <form id="signal" class="stack loose" onSubmit={onSubmit}>
        <div class="field">
          <label for="signal-operation">Operation</label>
          <input
            id="signal-operation"
            class="text-input"
            required
            autofocus
            spellcheck={false}
            value={operation}
            onInput={(event) => setOperation(event.currentTarget.value)}
          />
        </div>
        <JsonEditor value={input} label="Input" empty="No input." maxBytes={hub.value?.maxPayloadBytes ?? null} onChange={setInput} />
        <section class="stack">
          <h3>What will happen</h3>
          <p class="muted">
            The operation is written to the inbox of the entity, which runs it behind those that came before. Nobody waits for the result.
          </p>
        </section>
        <CommandLine command={signalCommand(entity, signal.operation === "" ? "OPERATION" : signal.operation, input)} />
        <Refusal text={refused} />
      </form>
    </Sheet>
  );
}
