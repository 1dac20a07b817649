import { fault } from "../../errors/perdure-error.ts";
import type { SkippedOperation } from "../../functions/entity-client-types.ts";
import { functionKey } from "../../model/function-name.ts";
import { entityId } from "../../model/ids.ts";
import { visible } from "../../model/visible-text.ts";
import { jsonOption } from "../arguments.ts";
import type { ManagementRequest } from "../management-door.ts";
import { jsonLine, renderFields, shortJson } from "../render.ts";
import { checkStatus, readJson } from "../wire.ts";
import type { EntitiesCall } from "./call.ts";
import type { WireEntity } from "./wire-entity.ts";

export async function show({ io, door, options, names }: EntitiesCall): Promise<void> {
  const response = await door.send({ method: "GET", path: pathOf(names), query: { showDetails: "true" } });
  if (response.status === 404) throw fault("ENTITY_NOT_FOUND", idOf(names));
  await checkStatus(response, `The query for "${idOf(names)}"`, [200]);
  const entity = await readJson<WireEntity>(response);
  io.out(options.json === true ? jsonLine(entity) : renderFields(fieldsOf(entity)));
}

function fieldsOf({ entityId: { name, key }, lastOperationTime, state, details }: WireEntity): readonly (readonly [string, string])[] {
  const { exists, lockedBy, held, lastFailure, stopped } = details;
  return [
    ["entity", name],
    ["key", key],
    ["state", exists ? shortJson(state) : "none"],
    ["last operation", lastOperationTime],
    ...(lockedBy === null ? [] : [["locked by", `${lockedBy.instanceId}, since ${lockedBy.since}`] as const]),
    ...(held === 0 ? [] : [["waiting", String(held)] as const]),
    ...(lastFailure === null ? [] : [["last failure", `${lastFailure.operation}: ${lastFailure.message} (${lastFailure.at})`] as const]),
    ...(stopped === null ? [] : [["stopped", `${stopped.code}: ${stopped.message}`] as const]),
  ];
}

export async function signal(call: EntitiesCall): Promise<void> {
  const [, , operation = ""] = call.names;
  const body = jsonOption("perdure entities signal", "--input", call.options.input);
  await tell(call, `Signal "${visible(operation)}"`, {
    ...{ method: "POST", path: pathOf(call.names), query: { op: operation } },
    ...(body === undefined ? {} : { body }),
  });
}

export const remove = (call: EntitiesCall): Promise<void> => tell(call, "The deletion", { method: "DELETE", path: pathOf(call.names) });

export const resume = (call: EntitiesCall): Promise<void> =>
  tell(call, "The request to resume it", { method: "POST", path: `/instances/${encodeURIComponent(idOf(call.names))}/resume` });

/** Which operation it was is for the people who look for what it would have done. */
export async function skip({ io, door, options, names }: EntitiesCall): Promise<void> {
  const id = idOf(names);
  const response = await door.send({ method: "POST", path: `${pathOf(names)}/skip`, query: { reason: options.reason } });
  if (response.status === 404) throw fault("ENTITY_NOT_FOUND", id);
  await checkStatus(response, `The request to skip an operation of "${id}"`, [202]);
  const skipped = await readJson<SkippedOperation>(response);
  const what = `${skipped.isSignal ? "signal" : "call"} of ${skipped.sender === null ? "a client" : `"${visible(skipped.sender)}"`}`;
  io.out(
    options.json === true
      ? jsonLine({ entity: id, ...skipped, accepted: true })
      : `Operation "${visible(skipped.operation)}" of "${visible(id)}" is skipped, a ${what}.\n`,
  );
}

/** Its state, and what waits: not its lock. */
export const wipe = (call: EntitiesCall): Promise<void> =>
  tell(call, "The purge", {
    ...{ method: "DELETE", path: `/instances/${encodeURIComponent(idOf(call.names))}`, query: { reason: call.options.reason } },
  });

async function tell({ io, door, options, names }: EntitiesCall, what: string, request: ManagementRequest): Promise<void> {
  const id = idOf(names);
  const response = await door.send(request);
  if (response.status === 404) throw fault("ENTITY_NOT_FOUND", id);
  await checkStatus(response, `${what} for "${id}"`, [200, 202]);
  io.out(options.json === true ? jsonLine({ entity: id, accepted: true }) : `${what} was accepted for "${visible(id)}".\n`);
}

/** `$` stands for the empty key, which no path could have. */
const pathOf = ([name = "", key = ""]: readonly string[]): string =>
  `/entities/${encodeURIComponent(name)}/${key === "" ? "$" : encodeURIComponent(key)}`;

const idOf = ([name = "", key = ""]: readonly string[]): string => entityId(functionKey(name), key);
