import type { RefObject } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { ActionRequest, InstanceRow } from "../../api/wire.ts";
import { commandOf } from "../../model/commands.ts";
import { payloadFault } from "../../model/json-fault.ts";
import { utf8Length } from "../../model/utf8.ts";
import { act } from "../../state/acts.ts";
import { hub } from "../../state/hub.ts";
import type { InstanceView } from "../../state/instance.ts";
import { say } from "../../state/toasts.ts";
import { CommandLine } from "../../widgets/command-line.tsx";
import { Icon } from "../../widgets/icon.tsx";
import { JsonEditor } from "../../widgets/json-editor.tsx";
import { Sheet, SheetFooter } from "../../widgets/sheet.tsx";
import { Refusal } from "../common/problem.tsx";
import { useSending } from "../common/sending.ts";

/** What was sent last under a name, while the page is open: the next one is often like it. */
const lastSent = new Map<string, string>();

export interface RaiseEventProps {
  readonly view: InstanceView;
  readonly row: InstanceRow;
  /** Chosen already. */
  readonly event: string | null;
  readonly onClose: () => void;
}

export function RaiseEventSheet({ view, row, event, onClose }: RaiseEventProps) {
  const waited = [...new Set(view.why.value?.waits.flatMap(({ kind, name }) => (kind === "event" ? [name] : [])))];
  const known = [...new Set(view.history.value.items.flatMap(({ event: one }) => (one.kind === "EventRaised" ? [one.name] : [])))];
  const [name, setName] = useState(event ?? waited[0] ?? "");
  const [isOther, setOther] = useState(event === null && waited.length === 0);
  const [input, setInput] = useState(lastSent.get(name) ?? "");
  const [problem, setProblem] = useState<string | null>(null);
  const { isSending, send } = useSending(setProblem);
  const other = useRef<HTMLInputElement>(null);
  const maxBytes = hub.value?.maxPayloadBytes ?? null;
  const request: ActionRequest = { event: name.trim(), ...(input.trim() === "" ? {} : { input }) };
  const isReady = name.trim() !== "" && payloadFault(input) === null && (maxBytes === null || utf8Length(input) <= maxBytes) && !isSending;
  // Not by the field itself: it is there before the dialog is shown.
  useEffect(() => {
    if (isOther) other.current?.focus();
  }, [isOther]);
  const choose = (chosen: string): void => {
    setOther(false);
    setName(chosen);
    if (input.trim() === "") setInput(lastSent.get(chosen) ?? "");
  };
  const raise = async (): Promise<void> => {
    await act(row.id, "raise-event", request);
    lastSent.set(name, input);
    say(`Event ${name} was sent to ${row.id}.`);
    view.refresh();
    onClose();
  };
  const onSend = (): void => {
    if (isReady) send(raise);
  };
  return (
    <Sheet
      title="Raise an event"
      icon="event"
      onClose={onClose}
      footer={
        <SheetFooter sends={onSend} icon="send" text={`Send ${name}`} isDisabled={!isReady} onClose={onClose}>
          <span class="dim small hint-keys">
            <kbd>Ctrl</kbd> <kbd>Enter</kbd> sends
          </span>
        </SheetFooter>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a key for all fields in it */}
      <div
        class="stack loose"
        onKeyDown={(pressed) => {
          if (pressed.key === "Enter" && (pressed.ctrlKey || pressed.metaKey)) onSend();
        }}
      >
        <NameField
          waited={waited}
          known={known}
          name={name}
          other={isOther ? other : null}
          onChoose={choose}
          onName={setName}
          onOther={() => setOther(true)}
        />
        <JsonEditor
          value={input}
          label="Payload"
          empty="No payload: the event carries none."
          maxBytes={maxBytes}
          isFirst={name !== ""}
          onChange={setInput}
        />
        <Consequence row={row} isWaited={waited.includes(name)} />
        <CommandLine command={commandOf("raise-event", row.id, request)} />
        <Refusal text={problem} />
      </div>
    </Sheet>
  );
}

function Consequence({ row, isWaited }: { readonly row: InstanceRow; readonly isWaited: boolean }) {
  return (
    <div class="field">
      <h3 class="label">What will happen</h3>
      <p class="muted small">
        The event is written to the inbox of <span class="mono">{row.id}</span>
        {whatHappens(row, isWaited)}
      </p>
    </div>
  );
}

/** Goes on behind its id. */
function whatHappens({ status, stopped }: InstanceRow, isWaited: boolean): string {
  if (stopped !== null) return ". The instance is stopped: it takes the event when it goes on.";
  if (status === "Suspended") return ". The instance is suspended: it takes the event when it is resumed.";
  if (!isWaited) return ", and kept until it is waited for. Right now the instance does not wait for an event of this name.";
  return "; the instance wakes up at once and takes it. It is recorded in its history.";
}

interface NameFieldProps {
  /** Names that it waits for now, and that it has taken before. */
  readonly waited: readonly string[];
  readonly known: readonly string[];
  readonly name: string;
  /** The field of a name that is typed; null: one of those is chosen. */
  readonly other: RefObject<HTMLInputElement | null> | null;
  readonly onChoose: (name: string) => void;
  readonly onName: (name: string) => void;
  readonly onOther: () => void;
}

function NameField({ waited, known, name, other, onChoose, onName, onOther }: NameFieldProps) {
  const isOther = other !== null;
  return (
    <fieldset class="field">
      <legend class="label">Event</legend>
      <div class="row wrap">
        {waited.map((one) => (
          <NameButton key={one} name={one} note="waited for" isOn={!isOther && name === one} onChoose={onChoose} />
        ))}
        {known
          .filter((one) => !waited.includes(one))
          .slice(0, 6)
          .map((one) => (
            <NameButton key={one} name={one} note="known" isOn={!isOther && name === one} onChoose={onChoose} />
          ))}
        <button type="button" class={`filter ${isOther ? "on chosen" : ""}`} aria-pressed={isOther} onClick={onOther}>
          <Icon name="plus" isSmall />
          another name
        </button>
      </div>
      {other !== null && <OtherName name={name} onInput={onName} field={other} />}
    </fieldset>
  );
}

function NameButton(props: {
  readonly name: string;
  readonly note: string;
  readonly isOn: boolean;
  readonly onChoose: (name: string) => void;
}) {
  const { name, note, isOn, onChoose } = props;
  return (
    <button type="button" class={`filter ${isOn ? "on chosen" : ""}`} aria-pressed={isOn} onClick={() => onChoose(name)}>
      <Icon name="event" isSmall />
      <b>{name}</b>
      <span class="dim">{note}</span>
    </button>
  );
}

function OtherName({
  name,
  onInput,
  field,
}: {
  readonly name: string;
  readonly onInput: (name: string) => void;
  readonly field: RefObject<HTMLInputElement | null>;
}) {
  const id = useId();
  return (
    <>
      <label class="visually-hidden" for={id}>
        Name of the event
      </label>
      <input
        id={id}
        ref={field}
        class="text-input"
        value={name}
        placeholder="Name of the event"
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
    </>
  );
}
