import type { ParsedFork } from "../../client/fork-arguments.ts";
import { forkParams, parseFork } from "../../client/fork-arguments.ts";
import type { ForkOutcome, HubClient } from "../../client/types.ts";
import { PerdureError } from "../../errors/perdure-error.ts";
import { jsonCodec } from "../../model/payload.ts";
import { readJsonBody } from "../json-body.ts";
import type { ManagementCall } from "../management-call.ts";
import { emptyResponse, jsonResponse, messageResponse } from "../responses.ts";
import { existsResponse, invalidJson } from "./start.ts";

/** Not in Azure: the body has the options of `client.fork`. */
export async function fork(call: ManagementCall, instanceId: string): Promise<Response> {
  const body = await readJsonBody(call.body, "options of a fork", call.maxJsonDepth);
  if (body.kind === "invalid") return invalidJson(body.problem);
  return forkResponse(async () => {
    const parsed = parseFork(instanceId, body.text === null ? {} : JSON.parse(body.text));
    const outcome = await forkWith(call.client, parsed);
    if (outcome.kind === "notFound") return emptyResponse(404);
    if (outcome.kind === "conflict") return existsResponse(outcome.status);
    // An id that is generated is another one at each request.
    if (parsed.dryRun) return jsonResponse(200, JSON.stringify({ ...outcome.plan, instanceId: parsed.newInstanceId ?? null }));
    return call.management.createCheckStatusResponse(call.request, outcome.instanceId);
  });
}

/** 400 for options, and points, that cannot be. */
export async function forkResponse(answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof PerdureError && WRONG_OPTIONS.has(error.code)) return messageResponse(400, error.message, error.code);
    throw error;
  }
}

export const forkWith = async ({ reruns }: Pick<HubClient, "reruns">, parsed: ParsedFork): Promise<ForkOutcome> =>
  reruns.fork(forkParams(parsed, (_, value) => jsonCodec.encode(value)));

const WRONG_OPTIONS: ReadonlySet<string> = new Set(["FORK_INVALID", "OPTION_INVALID", "OPTION_UNKNOWN", "VERSION_INVALID"]);
