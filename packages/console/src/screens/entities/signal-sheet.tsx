import { useState } from "preact/hooks";
import { quoted } from "../../model/commands.ts";
import { jsonFault } from "../../model/json-fault.ts";
import { signalEntity } from "../../state/acts.ts";
import { say } from "../../state/toasts.ts";
import { Icon } from "../../widgets/icon.tsx";
import { Sheet } from "../../widgets/sheet.tsx";

/** One operation, one way: nobody waits for its result. */
export function SignalSheet({ id, onDone, onClose }: { readonly id: string; readonly onDone: () => void; readonly onClose: () => void }) {
  const [operation, setOperation] = useState("");
  const [input, setInput] = useState("");
  const [refused, setRefused] = useState<string | null>(null);
  const fault = input.trim() === "" ? null : jsonFault(input);
  const signal = { operation: operation.trim(), ...(input.trim() === "" ? {} : { input }) };
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    signalEntity(id, signal).then(
      () => {
        say(`${signal.operation} is sent to ${id}.`);
        onDone();
      },
      (error: unknown) => setRefused(error instanceof Error ? error.message : String(error)),
    );
  };
  const given = input.trim() === "" ? "" : ` --input ${quoted(input)}`;
  return (
    <Sheet
      icon="send"
      title="Signal the entity"
      onClose={onClose}
      footer={
        <>
          <button type="button" class="btn spread" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" form="signal" class="btn primary" disabled={signal.operation === "" || fault !== null}>
            <Icon name="send" isSmall />
            Send
          </button>
        </>
      }
    >
      <form id="signal" class="stack loose" onSubmit={send}>
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
        <div class="field">
          <label for="signal-input">Input</label>
          <textarea
            id="signal-input"
            class="text-input"
            rows={5}
            spellcheck={false}
            value={input}
            onInput={(event) => setInput(event.currentTarget.value)}
          />
          {fault === null ? (
            <span class="hint">JSON; nothing is no input.</span>
          ) : (
            <span class="problem">
              Line {fault.line}, column {fault.column}: {fault.message}
            </span>
          )}
        </div>
        <section class="stack">
          <h3>What will happen</h3>
          <p class="muted">
            The operation is written to the inbox of the entity, which runs it behind those that came before. Nobody waits for the result.
          </p>
        </section>
        <section class="stack">
          <h3>As a command</h3>
          <p class="code fold">
            perdure entities signal {quoted(id)} {quoted(signal.operation === "" ? "OPERATION" : signal.operation)}
            {given}
          </p>
        </section>
        {refused !== null && (
          <p class="bad wrap-anywhere" role="alert">
            {refused}
          </p>
        )}
      </form>
    </Sheet>
  );
}
