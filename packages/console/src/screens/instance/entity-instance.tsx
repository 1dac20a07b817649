import { useId, useState } from "preact/hooks";
import type { EntityInfo } from "../../api/wire.ts";
import { quoted } from "../../model/commands.ts";
import { roughText } from "../../model/durations.ts";
import { instanceHref } from "../../model/routes.ts";
import { actOnEntity, signalEntity } from "../../state/acts.ts";
import { can, clock, hub, isReader } from "../../state/hub.ts";
import { isMissing, messageOf } from "../../state/problems.ts";
import { readEntity } from "../../state/reads.ts";
import { useLive } from "../../state/resource.ts";
import { say } from "../../state/toasts.ts";
import { CommandLine } from "../../widgets/command-line.tsx";
import { CopyButton } from "../../widgets/copy-button.tsx";
import { Icon } from "../../widgets/icon.tsx";
import { editorFault, JsonEditor } from "../../widgets/json-editor.tsx";
import { Notice, Page } from "../../widgets/page.tsx";
import { Sheet } from "../../widgets/sheet.tsx";
import { StatusMark } from "../../widgets/status-mark.tsx";
import { Time } from "../../widgets/time.tsx";
import { PayloadCard } from "./payloads-tab.tsx";

const EVERY_MS = 2_000;

/** An entity is looked at as what it is: its state, who has it locked, what waits behind that. */
export function EntityInstance({ id }: { readonly id: string }) {
  const live = useLive((signal) => readEntity(id, signal), { key: id, everyMs: EVERY_MS });
  const [dialog, setDialog] = useState<"signal" | "purge" | "skip" | null>(null);
  const { value: entity, error } = live.state.value;
  if (entity === null) {
    return (
      <Page>
        {error !== null && (
          <Notice title={isMissing(error) ? `There is no entity ${id}` : "The entity could not be read"}>
            <p class="muted">{error.message}</p>
          </Notice>
        )}
      </Page>
    );
  }
  const close = (): void => {
    setDialog(null);
    live.again();
  };
  return (
    <Page>
      <EntityHead entity={entity} onOpen={setDialog} />
      <EntitySituation entity={entity} onSkip={() => setDialog("skip")} />
      <PayloadCard id={id} title="State" preview={entity.state} none="It has no state: no operation has set one, or it was deleted." />
      {dialog === "signal" && <SignalSheet entity={entity} onClose={close} />}
      {(dialog === "purge" || dialog === "skip") && <EntityDialog entity={entity} action={dialog} onClose={close} />}
    </Page>
  );
}

function EntityHead({ entity, onOpen }: { readonly entity: EntityInfo; readonly onOpen: (dialog: "signal" | "purge") => void }) {
  const { id, name, key, exists, lastOperationAt, held, stopped } = entity;
  const now = clock.value;
  const mayWrite = can("entities") && !isReader.value;
  return (
    <div class="head">
      <div class="title">
        {stopped !== null ? (
          <StatusMark status="stopped" look="big" />
        ) : (
          <span class="st big" data-s={exists ? "completed" : "pending"}>
            <Icon name="entity" isSmall />
            {exists ? "Entity" : "Empty entity"}
          </span>
        )}
        <h1 class="id wrap-anywhere">{id}</h1>
        <CopyButton text={id} label="Copy the id" />
        {mayWrite && (
          <span class="spread row actions">
            <button type="button" class="btn" aria-haspopup="dialog" onClick={() => onOpen("signal")}>
              <Icon name="send" isSmall />
              Signal
            </button>
            <button type="button" class="btn danger" aria-haspopup="dialog" onClick={() => onOpen("purge")}>
              <Icon name="trash" isSmall />
              Purge
            </button>
          </span>
        )}
      </div>
      <dl class="facts">
        <div>
          <dt>Entity</dt>
          <dd>{name}</dd>
        </div>
        <div>
          <dt>Key</dt>
          <dd class="mono">{key === "" ? "(empty)" : key}</dd>
        </div>
        <div>
          <dt>Last operation</dt>
          <dd>
            <Time at={lastOperationAt} now={now} />
          </dd>
        </div>
        <div>
          <dt>Operations that wait</dt>
          <dd>{held}</dd>
        </div>
      </dl>
    </div>
  );
}

function EntitySituation({ entity, onSkip }: { readonly entity: EntityInfo; readonly onSkip: () => void }) {
  const { lock, held, lastFailure, stopped } = entity;
  const now = clock.value;
  if (lock === null && lastFailure === null && stopped === null) return null;
  return (
    <section class={`why ${stopped === null ? "" : "warn"}`} aria-label="How it stands">
      <span class={stopped === null ? "asks" : "warn"}>
        <Icon name={stopped === null ? "question" : "warning"} />
      </span>
      <div class="stack">
        {stopped !== null && (
          <h2>
            It stands still: <span class="mono">{stopped.code}</span>. {stopped.message}
          </h2>
        )}
        {lock !== null && (
          <p>
            Locked by{" "}
            <a class="link mono" href={instanceHref(lock.holder)}>
              {lock.holder}
            </a>{" "}
            for {roughText(now - lock.since)}
            {held > 0 && `; ${held === 1 ? "one operation waits" : `${held} operations wait`} behind it`}.
          </p>
        )}
        {lastFailure !== null && (
          <p class="muted">
            The last operation that failed: <b>{lastFailure.operation}</b>, <Time at={lastFailure.at} now={now} />:{" "}
            <span class="bad wrap-anywhere">{lastFailure.message}</span>
          </p>
        )}
      </div>
      {stopped !== null && can("entities") && !isReader.value && (
        <button type="button" class="btn s" aria-haspopup="dialog" onClick={onSkip}>
          Skip what stopped it…
        </button>
      )}
    </section>
  );
}

function SignalSheet({ entity, onClose }: { readonly entity: EntityInfo; readonly onClose: () => void }) {
  const [operation, setOperation] = useState("");
  const [input, setInput] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const id = useId();
  const isReady = operation.trim() !== "" && editorFault(input) === null;
  const payload = input.trim() === "" ? {} : { input };
  const send = async (): Promise<void> => {
    try {
      await signalEntity(entity.id, { operation: operation.trim(), ...payload });
      say(`Operation ${operation} was sent to ${entity.id}.`);
      onClose();
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  const command = [
    "perdure entities signal",
    quoted(entity.id),
    quoted(operation),
    ...(payload.input === undefined ? [] : ["--input", quoted(input)]),
  ];
  return (
    <Sheet
      title={`Signal ${entity.id}`}
      icon="send"
      onClose={onClose}
      footer={
        <span class="spread row">
          <button type="button" class="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="button" class="btn primary" disabled={!isReady} onClick={() => void send()}>
            Send {operation}
          </button>
        </span>
      }
    >
      <div class="field">
        <label for={id}>Operation</label>
        <input
          id={id}
          class="text-input"
          value={operation}
          autocomplete="off"
          onInput={({ currentTarget }) => setOperation(currentTarget.value)}
        />
      </div>
      <JsonEditor
        value={input}
        label="Input"
        empty="No input."
        maxBytes={hub.value?.maxPayloadBytes ?? Number.MAX_SAFE_INTEGER}
        onChange={setInput}
      />
      <p class="muted small">
        The operation is written to the inbox of the entity, and done when those before it are. Nobody waits for its result.
      </p>
      <CommandLine command={command.join(" ")} />
      {problem !== null && (
        <p class="bad" role="alert">
          {problem}
        </p>
      )}
    </Sheet>
  );
}

const TEXTS = {
  purge: {
    title: "Purge",
    text: "Its state and what waits for it are deleted. This cannot be undone; the next operation begins with an empty entity.",
    done: "was purged",
  },
  skip: { title: "Skip", text: "The operation that stopped it is taken out, and those behind it are done.", done: "goes on without it" },
} as const;

function EntityDialog({
  entity,
  action,
  onClose,
}: {
  readonly entity: EntityInfo;
  readonly action: "purge" | "skip";
  readonly onClose: () => void;
}) {
  const [problem, setProblem] = useState<string | null>(null);
  const { title, text, done } = TEXTS[action];
  const send = async (): Promise<void> => {
    try {
      await actOnEntity(entity.id, action, "");
      say(`${entity.id} ${done}.`);
      onClose();
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  return (
    <Sheet
      title={`${title} ${entity.id}`}
      look="box"
      onClose={onClose}
      footer={
        <span class="spread row">
          <button type="button" class="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="button" class="btn primary danger" onClick={() => void send()}>
            {title}
          </button>
        </span>
      }
    >
      <p class="muted">{text}</p>
      <CommandLine command={`perdure entities ${action} ${quoted(entity.id)}`} />
      {problem !== null && (
        <p class="bad" role="alert">
          {problem}
        </p>
      )}
    </Sheet>
  );
}
