import { parseFork } from "../../client/fork-arguments.ts";
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
  try {
    const { value, values, ...params } = parseFork(instanceId, body.text === null ? {} : JSON.parse(body.text));
    const results = new Map(values.map(([id, result]) => [id, jsonCodec.encode(result)]));
    const input = value === undefined ? {} : { input: jsonCodec.encode(value) };
    const outcome = await call.client.reruns.fork({ ...params, results, ...input });
    if (outcome.kind === "notFound") return emptyResponse(404);
    if (outcome.kind === "conflict") return existsResponse(outcome.status);
    // An id that is generated is another one at each request.
    if (params.dryRun) return jsonResponse(200, JSON.stringify({ ...outcome.plan, instanceId: params.newInstanceId ?? null }));
    return call.management.createCheckStatusResponse(call.request, outcome.instanceId);
  } catch (error) {
    if (error instanceof PerdureError && WRONG_OPTIONS.has(error.code)) return messageResponse(400, error.message, error.code);
    throw error;
  }
}

const WRONG_OPTIONS: ReadonlySet<string> = new Set(["FORK_INVALID", "OPTION_INVALID", "OPTION_UNKNOWN", "VERSION_INVALID"]);
