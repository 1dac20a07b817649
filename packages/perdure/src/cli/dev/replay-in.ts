import type { AppThreads } from "../../app-threads/app-threads.ts";
import type { HistoryReplay } from "../../executors/history-replayer.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { InstanceId } from "../../model/ids.ts";
import { nodeCrypto } from "../../process/node-crypto.ts";

/** Repeats a recorded history where the app runs. Rejects when its thread has ended. */
export async function replayIn(
  threads: AppThreads,
  instanceId: InstanceId,
  history: readonly HistoryEvent[],
  inputsFrom: number | null = null,
): Promise<HistoryReplay> {
  const result = await threads.invoke({ kind: "replay", id: nodeCrypto().randomUUID(), instanceId, history, inputsFrom });
  if (result.kind === "replayed") return result.replay;
  throw new Error(result.kind === "lost" ? result.reason : result.kind === "failed" ? result.failure.message : result.kind);
}
