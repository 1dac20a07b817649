import type { EntityStatus } from "../../client/entity-types.ts";
import { fault } from "../../errors/perdure-error.ts";
import { functionKey, sameName } from "../../model/function-name.ts";
import type { InstanceId } from "../../model/ids.ts";
import { ENTITY_MARK, entityId, entityIdProblem, instanceId, parseEntityId } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";
import { payload } from "../../model/payload.ts";
import { readJsonBody } from "../json-body.ts";
import type { ManagementCall } from "../management-call.ts";
import { emptyResponse, jsonArrayResponse, jsonResponse } from "../responses.ts";
import { callerOf } from "../trace-headers.ts";
import { CONTINUATION } from "../wire/continuation.ts";
import { jsonObject, payloadJson } from "../wire/json-text.ts";
import { fullTime } from "../wire/times.ts";
import { invalidJson } from "./start.ts";

const DEFAULT_PAGE = 100;
const LONGEST_PAGE = 1_000;

/** Row 13. With details it is the object of a list, also where there is no state: Azure's answer has no place for them. */
export async function getEntity({ client, query }: ManagementCall, name: string, key: string): Promise<Response> {
  const id = entityId(functionKey(name), key);
  const entity = idProblem(name, id) === null ? await client.entities.get(id) : null;
  if (entity !== null && query.boolean("showDetails") === true) return jsonResponse(200, entityObject(entity, true, true));
  return entity?.state == null ? emptyResponse(404) : jsonResponse(200, payloadJson(entity.state));
}

/** Row 14. */
export async function listEntities(call: ManagementCall, name: string | null): Promise<Response> {
  const { client, query, request } = call;
  const top = query.int("top");
  const details = query.boolean("showDetails") === true;
  const withState = query.boolean("fetchState") === true;
  if (name?.includes(ENTITY_MARK) === true) return jsonArrayResponse(200, [], {});
  const { entities, next } = await client.entities.list({
    name,
    updatedFrom: query.date("lastOperationTimeFrom"),
    updatedTo: query.date("lastOperationTimeTo"),
    withState,
    emptyOnes: details && query.boolean("showEmpty") === true,
    after: placeOf(request.headers.get(CONTINUATION)?.trim() ?? ""),
    limit: top === null || top <= 0 ? DEFAULT_PAGE : Math.min(top, LONGEST_PAGE),
  });
  const items = entities.map((entity) => entityObject(entity, withState, details));
  return jsonArrayResponse(200, items, next === null ? {} : { [CONTINUATION]: tokenOf(next) });
}

/** Rows 15 and 16. `operation` null: that of the query. */
export async function signalEntity(
  call: ManagementCall,
  { name, key }: { readonly name: string; readonly key: string },
  operation: string | null,
): Promise<Response> {
  const { client, query, maxJsonDepth } = call;
  if (call.isClosing()) throw fault("HOST_STOPPING");
  const input = await signalInput(call);
  if (input instanceof Response) return input;
  const known = (await client.knownFunctions({ orLastKnown: true }))?.entity ?? null;
  if (known !== null && !known.some((one) => sameName(one, name))) throw fault("ENTITY_UNKNOWN", name, known);
  const id = entityId(functionKey(name), key);
  const problem = idProblem(name, id);
  if (problem !== null) throw fault("ENTITY_KEY_INVALID", name, key, problem);
  const asked = { id, operation: operation ?? query.text("op") ?? "", input, inputDepth: maxJsonDepth };
  await client.entities.signal({ ...asked, ...callerOf(call.request) });
  return emptyResponse(202);
}

/** Not in Azure. */
export async function skipOperation(
  { client, query }: ManagementCall,
  { name, key }: { readonly name: string; readonly key: string },
): Promise<Response> {
  const id = entityId(functionKey(name), key);
  const skipped = idProblem(name, id) === null ? await client.entities.skip(id, query.text("reason")) : null;
  return skipped === null ? emptyResponse(404) : jsonResponse(202, JSON.stringify(skipped));
}

/** Beside Azure's rows: what its client calls `CleanEntityStorage`. */
export async function cleanEntities({ client, query }: ManagementCall): Promise<Response> {
  const cleaned = await client.entities.clean({
    removeEmptyEntities: query.boolean("removeEmptyEntities") ?? true,
    releaseOrphanedLocks: query.boolean("releaseOrphanedLocks") ?? true,
  });
  return jsonResponse(200, JSON.stringify(cleaned));
}

/** A name ends at the first "@" of an id: one that contains it would be another entity's. */
const idProblem = (name: string, id: InstanceId): string | null =>
  name.includes(ENTITY_MARK) ? `the name contains "${ENTITY_MARK}"` : entityIdProblem(id);

/** JSON where the request says that it is; any other text is a string, as Azure's host passes it on. */
async function signalInput({ request, body, maxJsonDepth }: ManagementCall): Promise<Payload | null | Response> {
  const mediaType = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json") {
    const text = await body.text();
    return text === "" ? null : payload(JSON.stringify(text.toWellFormed()));
  }
  const json = await readJsonBody(body, "signal payload", maxJsonDepth);
  return json.kind === "invalid" ? invalidJson(json.problem) : json.text;
}

function entityObject(entity: EntityStatus, withState: boolean, details: boolean): string {
  const { name, key, lastOperationTime, state, exists, lock, held, lastFailure, stopped } = entity;
  const lockedBy = lock === null ? null : { instanceId: lock.holder, since: fullTime(lock.since) };
  const failure = lastFailure === null ? null : { ...lastFailure, at: fullTime(lastFailure.at) };
  const reason = stopped === null ? null : { code: stopped.code, message: stopped.message };
  const more = { exists, lockedBy, held, lastFailure: failure, stopped: reason };
  return jsonObject({
    entityId: JSON.stringify({ name, key }),
    lastOperationTime: JSON.stringify(fullTime(lastOperationTime)),
    state: withState && state !== null ? payloadJson(state) : undefined,
    details: details ? JSON.stringify(more) : undefined,
  });
}

/** A header holds no more than ASCII, and an id any text. */
const tokenOf = (id: InstanceId): string => Buffer.from(id).toString("base64url");

function placeOf(token: string): InstanceId | null {
  if (token === "") return null;
  const id = instanceId(Buffer.from(token, "base64url").toString());
  if (parseEntityId(id) === null || tokenOf(id) !== token) throw fault("CONTINUATION_INVALID", token);
  return id;
}
