import { parseFork } from "../../client/fork-arguments.ts";
import { isPlace } from "../../client/one-by-one.ts";
import { impossiblePart, statusesAmong } from "../../client/possible-filter.ts";
import type { RestartHow } from "../../client/rerun-acts.ts";
import { forkAct, restartAct, rewindAct } from "../../client/rerun-acts.ts";
import type { Act, OneByOneParams } from "../../client/types.ts";
import { fault } from "../../errors/perdure-error.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import { TERMINAL_STATUSES } from "../../model/status.ts";
import { readJsonBody } from "../json-body.ts";
import type { ManagementCall } from "../management-call.ts";
import { jsonResponse, textResponse } from "../responses.ts";
import { CONTINUATION } from "../wire/continuation.ts";
import { forkResponse, forkWith } from "./fork.ts";
import { boolean, count, ParameterProblem } from "./own-filters.ts";
import { invalidJson } from "./start.ts";
import { readStrictFilter } from "./strict-filter.ts";

const DEFAULT_TOP = 100;
const LONGEST = 1_000;
const DEFAULT_RATE = 50;
const SLICE = ["rate", "top"];

/**
 * Rewinds, restarts or forks the instances of a filter, oldest first: so many in one request, whose answer has the place for the next. Not in Azure. A host that
 * dies loses nothing but that answer.
 */
export async function rerunMany(call: ManagementCall, operation: "rewind" | "restart" | "fork"): Promise<Response> {
  if (call.isClosing()) throw fault("HOST_STOPPING");
  try {
    switch (operation) {
      case "rewind":
        return await rewindMany(call);
      case "restart":
        return await restartMany(call);
      case "fork":
        return await forkMany(call);
    }
  } catch (error) {
    if (error instanceof ParameterProblem) return textResponse(400, `Nothing was done: ${error.message}.`);
    throw error;
  }
}

function rewindMany(call: ManagementCall): Promise<Response> {
  const { query } = call;
  const dryRun = boolean(query, "dryRun") ?? false;
  const slice = readSlice(call, { besides: ["reason", "dryRun"], among: ["Failed"], dryRun });
  return answer(call, slice, rewindAct(call.client.reruns, { reason: query.text("reason"), dryRun }));
}

function restartMany(call: ManagementCall): Promise<Response> {
  const { query } = call;
  const keepsId = boolean(query, "restartWithNewInstanceId") === false;
  const how: RestartHow = { keepsId, reason: query.text("reason"), dryRun: boolean(query, "dryRun") ?? false };
  const besides = ["restartWithNewInstanceId", "reason", "dryRun"];
  const slice = readSlice(call, { besides, among: TERMINAL_STATUSES, dryRun: how.dryRun });
  return answer(call, slice, restartAct(call.client.reruns, how));
}

/** The body is that of a fork of one, but for `instanceId`. */
async function forkMany(call: ManagementCall): Promise<Response> {
  const body = await readJsonBody(call.body, "options of a fork", call.maxJsonDepth);
  if (body.kind === "invalid") return invalidJson(body.problem);
  return forkResponse(async () => {
    const parsed = parseFork("", body.text === null ? {} : JSON.parse(body.text));
    const { dryRun, newInstanceId } = parsed;
    if (newInstanceId !== undefined)
      throw fault("OPTION_INVALID", "fork", "instanceId", newInstanceId, "none: the forks of a filter get generated ones");
    const act = forkAct((instanceId) => forkWith(call.client, { ...parsed, instanceId }));
    const shown: Act<object> = async (instanceId) => {
      const done = await act(instanceId);
      return done === null || !dryRun ? done : { ...done, step: { ...done.step, instanceId: null } };
    };
    return answer(call, readSlice(call, { besides: [], among: null, dryRun }), shown);
  });
}

interface Slice {
  readonly params: OneByOneParams;
  readonly top: number;
}

interface SliceRules {
  /** Parameters that say how. */
  readonly besides: readonly string[];
  /** Null: of any status. */
  readonly among: readonly RuntimeStatus[] | null;
  readonly dryRun: boolean;
}

function readSlice({ query, request }: ManagementCall, { besides, among, dryRun }: SliceRules): Slice {
  const strict = readStrictFilter(query, [...besides, ...SLICE]);
  const filter = { ...strict, idPrefix: strict.idPrefix ?? null, stopped: null, showEntities: false };
  const impossible = impossiblePart(filter, among);
  if (impossible !== null)
    throw new ParameterProblem(`"${impossible.part}" has ${JSON.stringify(impossible.value)}; expected ${impossible.expected}`);
  const place = request.headers.get(CONTINUATION);
  if (place !== null && !isPlace(place)) throw fault("CONTINUATION_INVALID", place);
  const rate = count(query, "rate") ?? DEFAULT_RATE;
  return {
    params: {
      filter,
      statuses: statusesAmong(filter.statuses, among),
      perSecond: dryRun ? null : rate,
      continuation: place,
    },
    top: Math.min(count(query, "top") ?? DEFAULT_TOP, LONGEST),
  };
}

/** One that is passed over counts too: else a request would look for as long as the filter finds instances. */
async function answer(call: ManagementCall, { params, top }: Slice, act: Act<object>): Promise<Response> {
  const instances: object[] = [];
  let [passedOver, place] = [0, null as string | null];
  const counting: Act<{ readonly done: object | null }> = async (instanceId) => {
    const found = await act(instanceId);
    return found === null ? { step: { done: null }, began: instanceId } : { step: { done: found.step }, began: found.began };
  };
  try {
    for await (const { done, continuation } of call.client.reruns.oneByOne(params, counting)) {
      place = continuation;
      if (done === null) passedOver++;
      else instances.push(done);
      if (instances.length + passedOver >= top || call.request.signal.aborted || call.isClosing()) break;
    }
  } catch (error) {
    // What was done is told, with the place behind it: the next request meets the error.
    if (place === null) throw error;
  }
  return jsonResponse(200, JSON.stringify({ instances, passedOver }), place === null ? {} : { [CONTINUATION]: place });
}
