import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fault } from "../../errors/perdure-error.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { InstanceId } from "../../model/ids.ts";
import { ENTITY_MARK, instanceId } from "../../model/ids.ts";
import { isRecord } from "../../model/options.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import { runtimeStatusNamed } from "../../model/status.ts";
import type { Store } from "../../store/contract.ts";
import { parseHistory } from "../../store/parse.ts";
import { errorText } from "../../telemetry/value-text.ts";

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
export async function* recordedIn(store: Store, statuses: readonly RuntimeStatus[] | null): AsyncGenerator<Recorded> {
  let continuation: string | null = null;
  do {
    const page: Awaited<ReturnType<Store["query"]>> = await store.query({
      ...ANY,
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

/** True when it is a folder of exports, and not a store. */
export const isExportFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Files `*.json`, each an export or a list of them, and `*.jsonl`, an export a line. Folders inside are not looked at. */
export async function* recordedInFolder(folder: string, statuses: readonly RuntimeStatus[] | null): AsyncGenerator<Recorded> {
  const files = readdirSync(folder).filter((file) => /\.jsonl?$/.test(file));
  if (files.length === 0) throw fault("EXPORT_INVALID", folder, "it has no *.json and no *.jsonl file");
  for (const file of files.sort()) {
    const path = join(folder, file);
    for (const value of valuesIn(path)) {
      if (isRecord(value) && "audit" in value) continue; // what perdure export wrote beside the instances
      const recorded = exported(value, path);
      if (recorded.instanceId.startsWith(ENTITY_MARK)) continue;
      if (statuses === null || statuses.includes(recorded.status)) yield recorded;
    }
  }
}

function valuesIn(path: string): readonly unknown[] {
  const text = readFileSync(path, "utf8");
  try {
    if (path.endsWith(".jsonl")) return text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [JSON.parse(line)]));
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [value];
  } catch (error) {
    throw fault("EXPORT_INVALID", path, errorText(error));
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
