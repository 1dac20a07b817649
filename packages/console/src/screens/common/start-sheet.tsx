import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { instanceHref } from "../../model/routes.ts";
import type { StartFields } from "../../model/start-text.ts";
import { NO_FIELDS, startCommand, startProblem, startRequest, tagsProblem } from "../../model/start-text.ts";
import { startInstance } from "../../state/acts.ts";
import { functions, orchestrators } from "../../state/functions.ts";
import { go } from "../../state/router.ts";
import { say } from "../../state/toasts.ts";
import { CommandLine } from "../../widgets/command-line.tsx";
import { Select } from "../../widgets/select.tsx";
import { Sheet, SheetFooter } from "../../widgets/sheet.tsx";
import { JsonField } from "./json-field.tsx";
import { Refusal } from "./problem.tsx";
import { useSending } from "./sending.ts";

/** Null: it is closed. A name is chosen already. */
export const isStartOpen = signal<{ readonly name: string | null } | null>(null);

/** Starts an instance, once, on every screen that asks for it. */
export function StartSheet() {
  const asked = isStartOpen.value;
  return asked === null ? null : <OpenSheet name={asked.name} />;
}

const close = (): void => {
  isStartOpen.value = null;
};

function OpenSheet({ name }: { readonly name: string | null }) {
  const names = orchestrators(functions.value);
  const [fields, setFields] = useState<StartFields>({ ...NO_FIELDS, name: name ?? names[0] ?? "" });
  const [refused, setRefused] = useState<string | null>(null);
  const { isSending, send } = useSending(setRefused);
  const problem = startProblem(fields);
  const command = startCommand(fields);
  const start = async (): Promise<void> => {
    const { instanceId, kind } = await startInstance(startRequest(fields));
    close();
    say(kind === "started" ? `${instanceId} is started.` : `${instanceId} was there already.`);
    go(instanceHref(instanceId));
  };
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    send(start);
  };
  const change = (part: Partial<StartFields>): void => setFields({ ...fields, ...part });
  return (
    <Sheet
      icon="play"
      title="Start an instance"
      onClose={close}
      footer={
        <SheetFooter
          sends="start"
          icon="play"
          text={`Start ${fields.name}`}
          isDisabled={isSending || problem !== null || tagsProblem(fields.tags) !== null}
          onClose={close}
        />
      }
    >
      <form id="start" class="stack loose" onSubmit={onSubmit}>
        <div class="field">
          <label for="start-name">Orchestrator</label>
          <Select
            id="start-name"
            value={fields.name}
            choices={names.includes(fields.name) || fields.name === "" ? names : [fields.name, ...names]}
            onChoose={(chosen) => change({ name: chosen })}
          />
        </div>
        <JsonField
          id="start-input"
          label="Input"
          value={fields.input}
          rows={7}
          hint="JSON; nothing is no input."
          problem={fields.name === "" ? null : problem}
          onInput={(input) => change({ input })}
        />
        <StartOptions fields={fields} onChange={change} />
        {command === null ? (
          <p class="muted">The command line has no way to write such a tag: the management API and the client have.</p>
        ) : (
          <CommandLine command={command} />
        )}
        <Refusal text={refused} />
      </form>
    </Sheet>
  );
}

interface Option {
  readonly field: "instanceId" | "version" | "tags" | "startAt";
  readonly label: string;
  readonly hint: string;
  readonly isTime?: true;
}

const OPTIONS: readonly Option[] = [
  { field: "instanceId", label: "Instance id", hint: "Empty: a new one is made." },
  { field: "version", label: "Version", hint: "Empty: that of the app." },
  { field: "tags", label: "Tags", hint: "key:value, with commas." },
  { field: "startAt", label: "Not before", hint: "In the zone of this browser. Empty: at once.", isTime: true },
];

function StartOptions({ fields, onChange }: { readonly fields: StartFields; readonly onChange: (part: Partial<StartFields>) => void }) {
  const propsOf = (field: Option["field"]) => ({
    id: `start-${field}`,
    class: "text-input",
    spellcheck: false,
    value: fields[field],
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => onChange({ [field]: event.currentTarget.value }),
  });
  return (
    <details class="more">
      <summary>Id, version, tags, time</summary>
      <div class="stack loose">
        {OPTIONS.map(({ field, label, hint, isTime }) => (
          <div key={field} class="field">
            <label for={`start-${field}`}>{label}</label>
            {isTime ? <input type="datetime-local" {...propsOf(field)} /> : <input {...propsOf(field)} />}
            <span class="hint">{hint}</span>
            {field === "tags" && <Refusal text={tagsProblem(fields.tags)} />}
          </div>
        ))}
      </div>
    </details>
  );
}
