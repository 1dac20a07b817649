import type { StartParams } from "../../client/types.ts";
import { isBuiltIn } from "../../errors/built-in-names.ts";
import { fault } from "../../errors/perdure-error.ts";
import { sameName } from "../../model/function-name.ts";
import { instanceIdProblem } from "../../model/ids.ts";
import { definedOf } from "../../model/options.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import { isTerminal } from "../../model/status.ts";
import type { WaitOptions } from "../http-management.ts";
import { checkWait, waitForEnd } from "../http-management.ts";
import { readJsonBody } from "../json-body.ts";
import type { ManagementCall } from "../management-call.ts";
import type { RequestQuery } from "../request-query.ts";
import { exceptionResponse, jsonResponse, messageResponse } from "../responses.ts";
import { callerOf } from "../trace-headers.ts";
import { payloadJson } from "../wire/json-text.ts";
import { ParameterProblem, tagsIn, timeIn } from "./own-filters.ts";
import { statusResponse } from "./status.ts";

/** Row 1. All that can be wrong with the request is found before anything is started. */
export async function startOrchestration(call: ManagementCall, functionName: string, instanceId: string | null): Promise<Response> {
  const { client, management, query, request } = call;
  if (call.isClosing()) throw fault("HOST_STOPPING");
  const input = await readJsonBody(call.body, "input", call.maxJsonDepth);
  if (input.kind === "invalid") return invalidJson(input.problem);
  const idProblem = instanceId === null ? null : instanceIdProblem(instanceId);
  if (instanceId !== null && idProblem !== null) throw fault("INSTANCE_ID_INVALID", instanceId, idProblem);
  const wait = waitOptions(query);
  if (wait !== null) checkWait(wait);
  const all = (await client.knownFunctions({ orLastKnown: true }))?.orchestrator ?? null;
  const known = all?.filter((one) => !isBuiltIn(one)) ?? null; // what is part of Perdure is started by Perdure
  const name = known === null ? functionName : spellingOf(functionName, known);
  if (name === undefined) return messageResponse(400, unknownFunction(functionName, known ?? []), "FUNCTION_UNKNOWN");

  const version = query.text("version");
  const own = readOwn(query);
  if (own instanceof ParameterProblem) return messageResponse(400, `Nothing was started: ${own.message}.`, "OPTION_INVALID");
  const started = await client.start({
    name,
    input: input.text,
    inputDepth: call.maxJsonDepth,
    onExisting: call.onExisting,
    ...callerOf(request),
    ...own,
    ...(instanceId === null ? {} : { instanceId }),
    ...(version === null ? {} : { version }),
  });
  call.body.letGo();
  if (started.kind === "conflict") return existsResponse(started.status);
  if (wait === null) return management.createCheckStatusResponse(request, started.instanceId);
  return waitResponse(call, started.instanceId, wait);
}

/** What Azure does not have. One that cannot be read is refused: what was started would be found by no filter, or begin too early. */
function readOwn(query: RequestQuery): Pick<StartParams, "tags" | "startAt"> | ParameterProblem {
  try {
    return definedOf({ tags: tagsIn(query), startAt: timeIn(query, "startAt") });
  } catch (error) {
    if (error instanceof ParameterProblem) return error;
    throw error;
  }
}

export const existsResponse = (status: RuntimeStatus): Response =>
  messageResponse(409, `An Orchestration instance with the status ${status} already exists.`, "INSTANCE_EXISTS");

/** Failed, Terminated and Canceled are answered as the status row answers them, and as on Azure never with 500. */
export async function waitResponse(call: ManagementCall, id: string, wait: WaitOptions): Promise<Response> {
  const status = await waitForEnd(call.client, id, wait, AbortSignal.any([call.request.signal, call.drained]));
  if (status === null || !isTerminal(status.runtimeStatus)) return call.management.createCheckStatusResponse(call.request, id);
  return status.runtimeStatus === "Completed" ? jsonResponse(200, payloadJson(status.output)) : statusResponse(call, status, false);
}

/** Null unless both parameters are there. */
export function waitOptions(query: RequestQuery): Required<WaitOptions> | null {
  const timeout = query.double("timeout");
  const pollingInterval = query.double("pollingInterval");
  return timeout === null || pollingInterval === null ? null : { timeoutMs: timeout * 1_000, retryIntervalMs: pollingInterval * 1_000 };
}

/** Function names compare without case and keep the spelling they were registered with. */
const spellingOf = (name: string, known: readonly string[]): string | undefined =>
  known.find((candidate) => candidate === name) ?? known.find((candidate) => sameName(candidate, name));

function unknownFunction(name: string, known: readonly string[]): string {
  const names = known.map((candidate) => `'${candidate}'`).join(", ");
  const info =
    known.length === 0
      ? "No orchestrator functions are currently registered!"
      : `The following are the known orchestrator functions: ${names}.`;
  return `The function '${name}' doesn't exist, is disabled, or is not an orchestrator function. Additional info: ${info}`;
}

export const invalidJson = (problem: string): Response =>
  exceptionResponse(400, "Invalid JSON content", { type: "Newtonsoft.Json.JsonReaderException", message: problem });
