import { useState } from "preact/hooks";
import type { EntityInfo } from "../../api/wire.ts";
import { ENTITY_ACTION_ICONS } from "../../design/icons.ts";
import type { EntityAction } from "../../model/entity-actions.ts";
import { ENTITY_ACTIONS } from "../../model/entity-actions.ts";
import { instanceHref } from "../../model/routes.ts";
import { can } from "../../state/hub.ts";
import { readEntity } from "../../state/reads.ts";
import { useLive } from "../../state/resource.ts";
import { go } from "../../state/router.ts";
import { Icon } from "../../widgets/icon.tsx";
import { ScrollArea } from "../../widgets/scroll-area.tsx";
import { PayloadPanel } from "../common/payload.tsx";
import { Problem } from "../common/problem.tsx";
import { Since, TimeOf } from "../common/time.tsx";
import { EntityActionSheet } from "./entity-action-sheet.tsx";
import { SignalSheet } from "./signal-sheet.tsx";

const AGAIN_MS = 2_000;

type Opened = "signal" | EntityAction;

export function EntityDetail({ id, onChange }: { readonly id: string; readonly onChange: () => void }) {
  const live = useLive((signal) => readEntity(id, signal), { key: id, everyMs: AGAIN_MS });
  const [open, setOpen] = useState<Opened | null>(null);
  const { value: entity, error } = live.state.value;
  const close = (): void => setOpen(null);
  const after = (): void => {
    close();
    live.again();
    onChange();
  };
  return (
    <ScrollArea look="right" label="The chosen entity">
      <div class="panel row">
        <h2 class="mono wrap-anywhere">{id}</h2>
        <a class="btn ghost icon-only s spread" href="#/entities" aria-label="Close">
          <Icon name="cross" isSmall />
        </a>
      </div>
      <Problem error={error} />
      {entity !== null && (
        <>
          <EntityActions isStopped={entity.stopped !== null} onOpen={setOpen} />
          <EntityFacts entity={entity} />
          {entity.state === null ? (
            <p class="dim">{entity.exists ? "It has no state." : "It has no state: it was deleted, or never had one."}</p>
          ) : (
            <PayloadPanel id={id} title="State" preview={entity.state} />
          )}
        </>
      )}
      {entity !== null && open === "signal" && <SignalSheet entity={entity} onDone={after} onClose={close} />}
      {entity !== null && open !== null && open !== "signal" && (
        <EntityActionSheet action={open} entity={entity} onDone={open === "purge" ? () => go("#/entities") : after} onClose={close} />
      )}
    </ScrollArea>
  );
}

/** Of one that is stopped, what sets it going comes first. */
function EntityActions({ isStopped, onOpen }: { readonly isStopped: boolean; readonly onOpen: (what: Opened) => void }) {
  const actions: readonly EntityAction[] = isStopped ? ["resume", "skip", "purge"] : ["purge"];
  const signal = can("raise-event") && (
    <button type="button" class={isStopped ? "btn" : "btn primary"} aria-haspopup="dialog" onClick={() => onOpen("signal")}>
      <Icon name="send" isSmall />
      Signal…
    </button>
  );
  return (
    <div class="row wrap">
      {!isStopped && signal}
      {actions
        .filter((action) => can(action === "resume" ? "resume" : "purge"))
        .map((action) => (
          <button key={action} type="button" class={LOOKS[action]} aria-haspopup="dialog" onClick={() => onOpen(action)}>
            <Icon name={ENTITY_ACTION_ICONS[action]} isSmall />
            {ENTITY_ACTIONS[action].name}…
          </button>
        ))}
      {isStopped && signal}
    </div>
  );
}

const LOOKS: Readonly<Record<EntityAction, string>> = { resume: "btn primary", skip: "btn", purge: "btn danger" };

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
