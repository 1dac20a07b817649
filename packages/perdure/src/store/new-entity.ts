import type { InstanceId } from "../model/ids.ts";
import { executionId, parseEntityId } from "../model/ids.ts";
import type { Message } from "../model/message.ts";
import type { OutgoingMessage } from "./commit.ts";

type Creates = Pick<OutgoingMessage, "orCreate">;

const NOTHING: Creates = {};

/** A message to this id creates the entity that it is for, if there is none: its first operation, or its first lock. Of any other message: nothing. */
export function entityCreatedBy(instanceId: InstanceId, { kind }: Message): Creates {
  if (kind !== "entityOp" && kind !== "entityLock") return NOTHING;
  const name = parseEntityId(instanceId)?.name;
  if (name === undefined) return NOTHING;
  const nothing = { input: null, version: null, tags: null, parent: null, startAt: null };
  return { orCreate: { start: { instanceId, executionId: executionId(instanceId), name, ...nothing }, status: "Running" } };
}
