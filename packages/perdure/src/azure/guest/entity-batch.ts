import { messageOf } from "../../errors/perdure-error.ts";
import type { EntityAction, EntityBatchRan, EntityBatchRequest, EntityOperation, EntityOperationResult } from "../../model/entity-batch.ts";
import type { EntityBatchResult } from "../../model/executor.ts";
import type { Failure } from "../../model/failure.ts";
import { NON_ERROR } from "../../model/failure.ts";
import { functionKey } from "../../model/function-name.ts";
import { entityId, parseEntityId } from "../../model/ids.ts";
import type { JsonValue, Payload } from "../../model/payload.ts";
import { realClock } from "../../process/real-time.ts";
import { failureOf } from "../../replay/failures/failure-of.ts";
import type { V3Payloads } from "./payloads.ts";
import { checkedEntity } from "./sdk-actions.ts";
import type { V3Function, V3Functions } from "./v3-function.ts";

/** What the library answers. */
interface SdkEntityState {
  readonly entityExists: boolean;
  /** JSON text, as all values here. */
  readonly entityState?: string;
  readonly results: readonly { readonly isError: boolean; readonly result?: string }[];
  readonly signals: readonly {
    readonly target: { readonly name: string; readonly key: string };
    readonly name: string;
    readonly input: string;
  }[];
}

export interface EntityParts {
  readonly functions: V3Functions;
  readonly payloads: V3Payloads;
}

/**
 * Operations go to the library one by one: in a batch a second `return` of one operation becomes the result of the next. Unlike native ones, an operation that
 * fails keeps what it did to the state and what it sent, as on Azure.
 */
export async function runEntityBatch({ functions, payloads }: EntityParts, request: EntityBatchRequest): Promise<EntityBatchResult> {
  const fn = functions.find("entity", request.name);
  if (fn === null) {
    const message = messageOf("FUNCTION_NOT_REGISTERED", "entity", request.name, functions.names.entity);
    return { kind: "stopped", code: "FUNCTION_NOT_REGISTERED", message };
  }
  const began = realClock.monotonicMs();
  let { state } = request;
  const results: EntityOperationResult[] = [];
  const actions: EntityAction[] = [];
  const ended = (cut: EntityBatchRan["cut"]): EntityBatchRan => ({ kind: "ran", state, results, actions, cut });
  for (const [by, operation] of request.operations.entries()) {
    // Whether a function touches the world shows only when it runs.
    if (!operation.isDurable) return ended("durability");
    if (by > 0 && realClock.monotonicMs() - began >= request.stopAfterMs) return ended("time");
    const ran = await runOperation({ fn, payloads, request, by }, operation, state);
    state = ran.state;
    results.push(ran.result);
    actions.push(...ran.actions);
  }
  return ended(null);
}

interface OperationParts {
  readonly fn: V3Function;
  readonly payloads: V3Payloads;
  readonly request: EntityBatchRequest;
  /** Its place in the batch. */
  readonly by: number;
}

interface OperationRan {
  readonly state: Payload | null;
  readonly result: EntityOperationResult;
  readonly actions: readonly EntityAction[];
}

async function runOperation(parts: OperationParts, operation: EntityOperation, state: Payload | null): Promise<OperationRan> {
  const { fn, payloads, request, by } = parts;
  const { instanceId, name } = request;
  const { operation: asked, input, isSignal } = operation;
  const self = { name, key: parseEntityId(instanceId)?.key ?? "" };
  const batch = [{ name: asked, input, isSignal, id: `${instanceId}/${by}` }];
  const where = `operation "${asked}" of ${instanceId}`;
  try {
    const answer = (await fn.call({ self, exists: state !== null, state, batch }, { instanceId, prepare: () => null })) as SdkEntityState;
    const after = answer.entityExists ? payloads.text(answer.entityState, `state after ${where}`) : null;
    const actions = answer.signals.map((signal) => signalOf(payloads, signal, by));
    return { state: after, result: resultOf(payloads, answer, where), actions };
  } catch (error) {
    return { state, result: { kind: "failed", failure: failureOf(error) }, actions: [] };
  }
}

function signalOf(payloads: V3Payloads, { target, name, input }: SdkEntityState["signals"][number], by: number): EntityAction {
  const instanceId = checkedEntity(entityId(functionKey(target.name), target.key));
  const text = input === "" ? undefined : input;
  return {
    kind: "signalEntity",
    by,
    instanceId,
    operation: name,
    input: payloads.text(text, `input of signal "${name}" to ${instanceId}`),
    due: null,
  };
}

function resultOf(payloads: V3Payloads, { results }: SdkEntityState, where: string): EntityOperationResult {
  const [first] = results;
  if (first?.isError === true) return { kind: "failed", failure: thrownBy(first.result) };
  return { kind: "completed", result: payloads.text(first?.result, `result of ${where}`) };
}

/** All that the library keeps of what was thrown is its JSON: of an Error that is `{}`, and callers see "[object Object]". */
function thrownBy(text: string | undefined): Failure {
  if (text === undefined) return { errorType: NON_ERROR, message: "undefined" };
  return { errorType: NON_ERROR, message: text, value: JSON.parse(text) as JsonValue };
}
