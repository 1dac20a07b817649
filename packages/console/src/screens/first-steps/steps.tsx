import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { quoted } from "../../model/commands.ts";
import { jsonFault } from "../../model/json-fault.ts";
import { instanceHref } from "../../model/routes.ts";
import { NO_FIELDS, startCommand, startProblem, startRequest } from "../../model/start-text.ts";
import { act, startInstance } from "../../state/acts.ts";
import { functions, orchestrators } from "../../state/functions.ts";
import { can, hub } from "../../state/hub.ts";
import { waitsOf } from "../../state/reads.ts";
import { useLive } from "../../state/resource.ts";
import { sayProblem } from "../../state/toasts.ts";
import { Icon } from "../../widgets/icon.tsx";
import { Select } from "../../widgets/select.tsx";
import { copyAndSay } from "../common/copy-and-say.ts";

const EXAMPLE = '{ "order": "A-1", "amount": 120 }';
const AGAIN_MS = 1_000;

function Step({
  no,
  isDone,
  title,
  children,
}: {
  readonly no: number;
  readonly isDone?: boolean;
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  return (
    <section class={isDone ? "card step done" : "card step"}>
      <span class="no">{isDone ? <Icon name="check" isSmall /> : no}</span>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

export function StartStep({ onStarted }: { readonly onStarted: (id: string) => void }) {
  const names = orchestrators(functions.value);
  const [chosen, setChosen] = useState<string | null>(null);
  const [input, setInput] = useState(EXAMPLE);
  const [started, setStarted] = useState<string | null>(null);
  const fields = { ...NO_FIELDS, name: chosen ?? names[0] ?? "", input };
  const problem = startProblem(fields);
  const send = async (): Promise<void> => {
    try {
      const { instanceId } = await startInstance(startRequest(fields));
      setStarted(instanceId);
      onStarted(instanceId);
    } catch (error) {
      sayProblem(error);
    }
  };
  return (
    <Step no={1} isDone={started !== null} title="Start an instance">
      <p class="muted">Choose an orchestrator and give it an input.</p>
      <Select label="Orchestrator" value={fields.name} choices={names} onChoose={setChosen} />
      <textarea
        class="text-input code"
        aria-label="Input"
        rows={2}
        spellcheck={false}
        value={input}
        onInput={(event) => setInput(event.currentTarget.value)}
      />
      {problem !== null && names.length > 0 && <p class="bad small">{problem}</p>}
      <div class="row wrap">
        <button type="button" class="btn primary" disabled={problem !== null || !can("start")} onClick={() => void send()}>
          <Icon name="play" isSmall />
          Start
        </button>
        <button type="button" class="text-btn small" onClick={() => copyAndSay(startCommand(fields) ?? "", "The command is copied.")}>
          or copy as a command
        </button>
      </div>
      {started !== null && (
        <p class="small" role="status">
          <a class="link mono" href={instanceHref(started)}>
            {started}
          </a>{" "}
          is there.
        </p>
      )}
    </Step>
  );
}

/** The event that it waits for, as soon as it waits for one. */
export function RaiseStep({ instanceId }: { readonly instanceId: string | null }) {
  const live = useLive(async (signal) => (instanceId === null ? null : await waitsOf(instanceId, signal)), {
    key: instanceId ?? "",
    everyMs: AGAIN_MS,
  });
  const raised = useSignal(false);
  const input = useSignal('{ "by": "you" }');
  useEffect(() => {
    raised.value = false;
  }, [instanceId]);
  const why = live.state.value.value;
  const event = why?.waits.find(({ kind }) => kind === "event")?.name ?? null;
  const shown = event ?? "Approved";
  const isWrong = jsonFault(input.value) !== null;
  const raise = (): void => {
    if (instanceId === null || event === null) return;
    act(instanceId, "raise-event", { event, input: input.value }).then(() => {
      raised.value = true;
      live.again();
    }, sayProblem);
  };
  const id = instanceId === null ? "<id>" : quoted(instanceId);
  return (
    <Step no={2} isDone={raised.value} title={event === null && instanceId !== null && why !== null ? "Answer it" : "Approve it"}>
      <p class="muted">
        {instanceId === null || event !== null ? (
          <>
            It will wait for an event such as <span class="mono">{shown}</span>. Raise it here, or from a terminal.
          </>
        ) : (
          (why?.headline ?? "It has just begun.")
        )}
      </p>
      <p class="code fold">
        perdure raise-event {id} {shown} {"\\\n"}
        {"  "}--input {quoted(input.value)}
      </p>
      {event !== null && (
        <input
          class="text-input mono"
          aria-label="Payload"
          spellcheck={false}
          value={input.value}
          onInput={(change) => {
            input.value = change.currentTarget.value;
          }}
        />
      )}
      <div class="row wrap">
        <button type="button" class="btn" disabled={event === null || isWrong || !can("raise-event")} onClick={raise}>
          <Icon name="event" isSmall />
          Raise {shown}
        </button>
      </div>
    </Step>
  );
}

export function PullThePlug() {
  const isDev = hub.value?.isDev === true;
  return (
    <Step no={3} title="Pull the plug">
      {isDev ? (
        <p class="muted">
          While it waits, press <kbd>k</kbd> in the terminal. What runs the app is killed, not stopped; another thread takes over and the
          instance goes on.
        </p>
      ) : (
        <p class="muted">While it waits, kill this host in the terminal, and start it again. The instance goes on where it was.</p>
      )}
      <p class="code fold">
        {isDev ? (
          <>
            <span class="c">14:02:31.040</span> Killed the thread that runs the app.
            <br />
            <span class="c">14:02:31.240</span> Another thread took over after 200 ms.
            <br />
            <span class="c">14:02:31.240</span> Nothing is lost.
          </>
        ) : (
          <>
            kill -9 PID
            <br />
            npm start
            <br />
            <span class="c">nothing was lost</span>
          </>
        )}
      </p>
    </Step>
  );
}
