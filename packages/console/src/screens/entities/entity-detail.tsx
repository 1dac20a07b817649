import { useState } from "preact/hooks";
import type { EntityInfo } from "../../api/wire.ts";
import { instanceHref } from "../../model/routes.ts";
import { actOnEntity } from "../../state/acts.ts";
import { can } from "../../state/hub.ts";
import { readEntity } from "../../state/reads.ts";
import { useLive } from "../../state/resource.ts";
import { go } from "../../state/router.ts";
import { say, sayProblem } from "../../state/toasts.ts";
import { Icon } from "../../widgets/icon.tsx";
import { ScrollArea } from "../../widgets/scroll-area.tsx";
import { Sheet } from "../../widgets/sheet.tsx";
import { PayloadPanel } from "../common/payload.tsx";
import { Problem } from "../common/problem.tsx";
import { useSending } from "../common/sending.ts";
import { Since, TimeOf } from "../common/time.tsx";
import { SignalSheet } from "./signal-sheet.tsx";

const AGAIN_MS = 2_000;

export function EntityDetail({ id, onChange }: { readonly id: string; readonly onChange: () => void }) {
  const live = useLive((signal) => readEntity(id, signal), { key: id, everyMs: AGAIN_MS });
  const [open, setOpen] = useState<"signal" | "purge" | null>(null);
  const skipping = useSending(sayProblem);
  const { value: entity, error } = live.state.value;
  const after = (): void => {
    setOpen(null);
    live.again();
    onChange();
  };
  return (
    <ScrollArea look="right" label="The chosen entity">
      <div class="panel row">
        <h2 class="mono wrap-anywhere">{id}</h2>
        <a class="btn ghost icon-only spread" href="#/entities" aria-label="Close">
          <Icon name="cross" />
        </a>
      </div>
      <Problem error={error} />
      {entity !== null && (
        <>
          {can("raise-event") && (
            <div class="row wrap">
              <button type="button" class="btn primary" onClick={() => setOpen("signal")}>
                <Icon name="send" isSmall />
                Signal…
              </button>
              {entity.stopped !== null && (
                <button
                  type="button"
                  class="btn"
                  disabled={skipping.isSending}
                  onClick={() =>
                    skipping.send(async () => {
                      await actOnEntity(id, "skip", "");
                      say("The operation that stops it is left out.");
                      after();
                    })
                  }
                >
                  Skip the operation
                </button>
              )}
              {can("purge") && (
                <button type="button" class="btn danger" onClick={() => setOpen("purge")}>
                  <Icon name="trash" isSmall />
                  Purge…
                </button>
              )}
            </div>
          )}
          <EntityFacts entity={entity} />
          {entity.state === null ? (
            <p class="dim">{entity.exists ? "It has no state." : "It has no state: it was deleted, or never had one."}</p>
          ) : (
            <PayloadPanel id={id} title="State" preview={entity.state} />
          )}
        </>
      )}
      {open === "signal" && <SignalSheet id={id} onDone={after} onClose={() => setOpen(null)} />}
      {open === "purge" && <PurgeSheet id={id} onClose={() => setOpen(null)} />}
    </ScrollArea>
  );
}

function EntityFacts({ entity: { lock, held, lastOperationAt, lastFailure, stopped } }: { readonly entity: EntityInfo }) {
  return (
    <dl class="kv">
      <dt>Last used</dt>
      <dd>
        <TimeOf at={lastOperationAt} hasDay />, <Since at={lastOperationAt} suffix=" ago" />
      </dd>
      <dt>Lock</dt>
      <dd>
        {lock === null ? (
          "nobody holds it"
        ) : (
          <>
            <a class="link mono" href={instanceHref(lock.holder)}>
              {lock.holder}
            </a>
            , for <Since at={lock.since} />
          </>
        )}
      </dd>
      <dt>In line</dt>
      <dd>{held === 0 ? "nothing" : `${held} behind the lock, or before their time`}</dd>
      {lastFailure !== null && (
        <>
          <dt>Failed last</dt>
          <dd class="bad">
            {lastFailure.operation}: {lastFailure.message}
          </dd>
        </>
      )}
      {stopped !== null && (
        <>
          <dt>Stopped</dt>
          <dd class="warn">{stopped.message}</dd>
        </>
      )}
    </dl>
  );
}

function PurgeSheet({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const [reason, setReason] = useState("");
  const { isSending, send } = useSending(sayProblem);
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    send(async () => {
      await actOnEntity(id, "purge", reason);
      say(`${id} is purged.`);
      go("#/entities");
    });
  };
  return (
    <Sheet
      icon="warning"
      title="Purge the entity"
      onClose={onClose}
      footer={
        <>
          <button type="button" class="btn spread" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" form="purge-entity" class="btn primary danger" disabled={isSending}>
            Purge
          </button>
        </>
      }
    >
      <form id="purge-entity" class="stack loose" onSubmit={onSubmit}>
        <p class="muted">Its state and what waits for it are deleted. The next operation begins with nothing. This cannot be taken back.</p>
        <div class="field">
          <label for="purge-reason">Reason</label>
          <input id="purge-reason" class="text-input" value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        </div>
      </form>
    </Sheet>
  );
}
