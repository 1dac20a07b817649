import { fault } from "../../errors/perdure-error.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { InstanceId } from "../../model/ids.ts";
import { ENTITY_MARK, instanceId } from "../../model/ids.ts";
import { isRecord } from "../../model/options.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import { runtimeStatusNamed } from "../../model/status.ts";
import type { Store } from "../../store/contract.ts";
import { parseHistory } from "../../store/parse.ts";
import type { InstanceQuery } from "../../store/queries.ts";
import { exportedValues } from "../transfer/exported-values.ts";

/** An instance whose history can be replayed. */
export interface Recorded {
  readonly instanceId: InstanceId;
  readonly name: string;
  readonly version: string | null;
  readonly status: RuntimeStatus;
  history(): Promise<readonly HistoryEvent[]>;
}

const PAGE = 500;
const ANY = { createdFrom: null, createdTo: null, idPrefix: null, stopped: null, showEntities: false, payloads: "none" } as const;

/** Every orchestration in a store, without its history. Nothing is written. */
export async function* recordedIn(
  store: Store,
  statuses: readonly RuntimeStatus[] | null,
  order: Pick<InstanceQuery, "newestFirst"> = {},
): AsyncGenerator<Recorded> {
  let continuation: string | null = null;
  do {
    const page: Awaited<ReturnType<Store["query"]>> = await store.query({
      ...ANY,
      ...order,
      statuses: statuses ?? [],
      limit: PAGE,
      continuation,
    });
    for (const row of page.rows) {
      yield {
        instanceId: row.instanceId,
        name: row.name,
        version: row.orchestrationVersion,
        status: row.status,
        history: async () => parseHistory(await store.readHistory(row.instanceId)),
      };
    }
    continuation = page.continuation;
  } while (continuation !== null);
}

/** Of an export: a file, or a folder of such. */
export async function* recordedInExport(path: string, statuses: readonly RuntimeStatus[] | null): AsyncGenerator<Recorded> {
  for await (const { file, value } of exportedValues(path, "EXPORT_INVALID")) {
    if (isRecord(value) && "audit" in value) continue; // what perdure export wrote beside the instances
    const recorded = exported(value, file);
    if (recorded.instanceId.startsWith(ENTITY_MARK)) continue;
    if (statuses === null || statuses.includes(recorded.status)) yield recorded;
  }
}

/** `{ instanceId, name?, version?, runtimeStatus?, history }`: what is not there is in the history's first events. */
function exported(value: unknown, path: string): Recorded {
  const bad = (problem: string) => fault("EXPORT_INVALID", path, problem);
  if (typeof value !== "object" || value === null || !("instanceId" in value) || typeof value.instanceId !== "string")
    throw bad("an export has no instanceId");
  const id = value.instanceId;
  if (!("history" in value) || !Array.isArray(value.history) || !value.history.every(isEvent))
    throw bad(`the export of "${id}" has no history of events, as they stand in the store`);
  const history = value.history;
  const started = history.find((event) => event.kind === "ExecutionStarted");
  const ended = history.findLast((event) => event.kind === "ExecutionCompleted");
  const told = "runtimeStatus" in value && typeof value.runtimeStatus === "string" ? runtimeStatusNamed(value.runtimeStatus) : null;
  return {
    instanceId: instanceId(id),
    name: started?.name ?? "",
    version: started?.version ?? null,
    status: told ?? ended?.status ?? (started === undefined ? "Pending" : "Running"),
    history: () => Promise.resolve(history),
  };
}

const isEvent = (value: unknown): value is HistoryEvent =>
  typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string" && "ts" in value;
