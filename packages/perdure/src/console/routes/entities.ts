import type { EntityStatus } from "../../client/entity-types.ts";
import { previewOf } from "../../client/inspect/preview.ts";
import { shownStop } from "../../client/inspect/rows.ts";
import { fault } from "../../errors/perdure-error.ts";
import type { InstanceId } from "../../model/ids.ts";
import { entityIdProblem, instanceId } from "../../model/ids.ts";
import { booleanOption, optional, stringOption } from "../../model/options.ts";
import { logAction } from "../action-log.ts";
import type { ConsoleCall } from "../call.ts";
import { param } from "../call.ts";
import { bodyOptions, limitOption, payloadOption, queryOptions } from "../request-parts.ts";
import type { ActionResult, EntityInfo, EntityList } from "../wire.ts";

const PAGE = 100;
const LONGEST_PAGE = 1_000;
const LINE_BYTES = 512;
const DETAIL_BYTES = 4_096;

export async function listEntities(call: ConsoleCall): Promise<EntityList> {
  const { where, hub } = call;
  const options = queryOptions(call, { name: "text", state: "boolean", limit: "number", cursor: "text" });
  const cursor = optional(options, "cursor", where, stringOption);
  const page = await hub.client.entities.list({
    name: optional(options, "name", where, stringOption) ?? null,
    updatedFrom: null,
    updatedTo: null,
    emptyOnes: true,
    withState: optional(options, "state", where, booleanOption) ?? false,
    after: cursor === undefined ? null : entityOf(cursor),
    limit: limitOption(options, "limit", where, LONGEST_PAGE, PAGE),
  });
  return { entities: page.entities.filter(isSeen).map((status) => infoOf(call, status, LINE_BYTES)), cursor: page.next };
}

/** Without a state it is about to go, unless something waits for it or holds it. */
const isSeen = ({ exists, lock, held, stopped }: EntityStatus): boolean => exists || lock !== null || held > 0 || stopped !== null;

export async function readEntity(call: ConsoleCall): Promise<EntityInfo> {
  return infoOf(call, await entityAt(call), DETAIL_BYTES);
}

async function entityAt(call: ConsoleCall): Promise<EntityStatus> {
  const id = entityOf(param(call, "id"));
  const status = await call.hub.client.entities.get(id);
  if (status === null) throw fault("ENTITY_NOT_FOUND", id);
  return status;
}

/** Throws ENTITY_NOT_FOUND for any other text than the id of an entity. */
function entityOf(id: string): InstanceId {
  if (entityIdProblem(id) !== null) throw fault("ENTITY_NOT_FOUND", id);
  return instanceId(id);
}

function infoOf({ payloads }: ConsoleCall, status: EntityStatus, maxBytes: number): EntityInfo {
  const { id, name, key, exists, state, lastOperationTime, lock, held, lastFailure, stopped } = status;
  return {
    ...{ id, name, key, exists, held, lastFailure },
    state: state === null ? null : previewOf(state, "input", maxBytes, payloads.shown),
    lastOperationAt: lastOperationTime,
    lock: lock === null ? null : { holder: lock.holder, since: lock.since },
    stopped: stopped === null ? null : shownStop(stopped),
  };
}

export async function signalEntity(call: ConsoleCall): Promise<ActionResult> {
  const { hub, where } = call;
  const options = await bodyOptions(call, ["operation", "input"]);
  const operation = optional(options, "operation", where, stringOption) ?? "";
  if (operation === "") throw fault("OPTION_INVALID", where, "operation", operation, "the name of an operation");
  const id = entityOf(param(call, "id"));
  await hub.client.entities.signal({ id, operation, input: payloadOption(options, "input", call), inputDepth: hub.maxJsonDepth });
  return acted(call, "signal", id);
}

export async function purgeEntity(call: ConsoleCall): Promise<ActionResult> {
  const id = entityOf(param(call, "id"));
  const isThere = await call.hub.client.entities.purge(id, await reasonOf(call));
  if (!isThere) throw fault("ENTITY_NOT_FOUND", id);
  return acted(call, "purge", id);
}

export async function skipOperation(call: ConsoleCall): Promise<ActionResult> {
  const id = entityOf(param(call, "id"));
  const skipped = await call.hub.client.entities.skip(id, await reasonOf(call));
  if (skipped === null) throw fault("ENTITY_NOT_FOUND", id);
  return acted(call, "skip", id);
}

const reasonOf = async (call: ConsoleCall): Promise<string | null> =>
  optional(await bodyOptions(call, ["reason"]), "reason", call.where, stringOption) ?? null;

function acted(call: ConsoleCall, action: string, id: InstanceId): ActionResult {
  logAction(call, action, `"${id}"`, { instanceId: id, outcome: "accepted" });
  return { outcome: "accepted", instanceId: id, plan: null };
}
