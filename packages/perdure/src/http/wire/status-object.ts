import type { InstanceStatus } from "../../client/types.ts";
import { jsonObject, payloadJson } from "./json-text.ts";
import { wholeSeconds } from "./times.ts";

/** JSON text of the status object, fields in the order of the wire, `stopped` behind them where it is a stopped one; `history` is the JSON text of its events or null. */
export function statusObject(status: InstanceStatus, shown: { readonly input: boolean; readonly history: string | null }): string {
  const { stopped } = status;
  return jsonObject({
    name: JSON.stringify(status.name),
    instanceId: JSON.stringify(status.instanceId),
    runtimeStatus: JSON.stringify(status.runtimeStatus),
    input: shown.input ? payloadJson(status.input) : "null",
    customStatus: payloadJson(status.customStatus),
    output: payloadJson(status.output),
    createdTime: JSON.stringify(wholeSeconds(status.createdTime)),
    lastUpdatedTime: JSON.stringify(wholeSeconds(status.lastUpdatedTime)),
    historyEvents: shown.history ?? undefined,
    stopped: stopped === null ? undefined : JSON.stringify({ code: stopped.code, message: stopped.message }),
  });
}
