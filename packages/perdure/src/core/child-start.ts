import type { Failure } from "../model/failure.ts";
import type { ParentRef, SubOrchestrationInstanceCreated } from "../model/history.ts";
import type { ExecutionId, InstanceId } from "../model/ids.ts";
import type { ChildResultMessage } from "../model/message.ts";
import type { StartSpec } from "../model/start.ts";
import type { InstanceState } from "./state.ts";

type Call = Pick<SubOrchestrationInstanceCreated, "id" | "name" | "input" | "version" | "tags" | "trace">;

/** A sub-orchestration that its parent waits for, as the call says. */
export function childStart(state: InstanceState, call: Call, instanceId: InstanceId, executionId: ExecutionId): StartSpec {
  const { name, input, version, tags } = call;
  return { instanceId, executionId, name, input, version, tags, parent: parentRef(state, call), startAt: null };
}

function parentRef({ no, instanceId, name, executionId, generation }: InstanceState, { id: taskId, trace }: Call): ParentRef {
  const parent = { no, instanceId, name, executionId, generation, taskId };
  return trace === undefined ? parent : { ...parent, trace };
}

/** What the waiting parent is told when the id belongs to a live instance. */
export function childRefused(state: InstanceState, { id, name }: Call, instanceId: InstanceId, ts: number): ChildResultMessage {
  const failure: Failure = {
    errorType: "InstanceExistsError",
    message: `Sub-orchestration "${name}" was not started: an instance with the id "${instanceId}" is live. Give it another id, or wait for that one.`,
    isNonRetriable: true,
  };
  return { kind: "childFailed", ts, generation: state.generation, taskId: id, result: null, failure };
}
