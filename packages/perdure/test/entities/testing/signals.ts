import assert from "node:assert/strict";
import type { InstanceId } from "../../../src/model/ids.ts";
import { jsonCodec } from "../../../src/model/payload.ts";
import type { DeliverReceipt } from "../../../src/store/contract.ts";
import type { InstanceRow } from "../../../src/store/rows.ts";
import type { TestFleet } from "../../fleet/fleet.testsuite.ts";

interface Signal {
  readonly operation: string;
  readonly input?: unknown;
  readonly due?: number;
  readonly messageId?: string;
}

/** By the door for clients of the worker `node`. */
export function signal(
  fleet: TestFleet,
  node: number,
  to: InstanceId,
  { operation, input, due, messageId }: Signal,
): Promise<DeliverReceipt> {
  const worker = fleet.processes[node]?.worker;
  assert.ok(worker);
  const rest = messageId === undefined ? {} : { messageId };
  const message = { kind: "entityOp", ts: worker.storeNow, operation, from: null, lock: null, due: due ?? null, ...rest } as const;
  return worker.deliver(to, { ...message, input: jsonCodec.encode(input) });
}

export async function rowOf(fleet: TestFleet, id: InstanceId): Promise<InstanceRow | null> {
  return (await fleet.sim.store.readInstances([id]))[0] ?? null;
}

export async function stateOf(fleet: TestFleet, id: InstanceId): Promise<unknown> {
  const row = await rowOf(fleet, id);
  return row === null || row.input === null ? null : JSON.parse(row.input);
}
