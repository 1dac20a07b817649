import { functionKey } from "../../model/function-name.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { RetentionRule } from "../../model/retention.ts";
import type { InstanceQuery } from "../../store/queries.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { errorText } from "../../telemetry/value-text.ts";
import type { WorkerParts } from "../options.ts";

const PAGE = 50;

export interface Archiving extends Pick<WorkerParts, "store" | "log"> {
  /** False: it stays. */
  readonly archive: (row: InstanceRow) => Promise<boolean>;
  readonly mayRun: () => boolean;
}

/**
 * Each instance is offered to the archive before it goes, with all below it, the lowest first. One that is refused stays, and so do those above it. False: it was
 * interrupted. An instance whose deletion fails is offered again.
 */
export async function purgeArchived(
  archiving: Archiving,
  { statuses, names }: RetentionRule,
  { from, before }: { readonly from: number | undefined; readonly before: number },
): Promise<boolean> {
  const { store, mayRun } = archiving;
  const range = { endedTo: before - 1, ...(from === undefined ? {} : { endedFrom: from }) };
  for await (const row of rowsOf(archiving, { ...ANY, statuses, ...range, orderBy: "ended" })) {
    if (!mayRun()) return false;
    const key = functionKey(row.name);
    if (names !== undefined && ("only" in names ? !names.only.includes(key) : names.except.includes(key))) continue;
    if (await hasLiveParent(archiving, row)) continue;
    const nos: InstanceNo[] = [];
    if (await archiveTree(archiving, row, nos)) await store.purge({ nos, by: "retention" });
  }
  return true;
}

const ANY = { createdFrom: null, createdTo: null, statuses: [], idPrefix: null, stopped: null, showEntities: false } as const;

async function* rowsOf({ store }: Archiving, query: Omit<InstanceQuery, "limit" | "continuation">): AsyncGenerator<InstanceRow> {
  let continuation: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof store.query>> = await store.query({ ...query, limit: PAGE, continuation });
    yield* page.rows;
    continuation = page.continuation;
  } while (continuation !== null);
}

async function hasLiveParent({ store }: Archiving, { parent }: InstanceRow): Promise<boolean> {
  if (parent === null) return false;
  const row = await store.getInstance(parent.instanceId, "none");
  return row !== null && row.no === parent.no && row.completedAt === null;
}

async function archiveTree(archiving: Archiving, row: InstanceRow, nos: InstanceNo[]): Promise<boolean> {
  for await (const child of rowsOf(archiving, { ...ANY, parent: row.no, open: false })) {
    if (!(await archiveTree(archiving, child, nos))) return false;
  }
  nos.push(row.no);
  try {
    return await archiving.archive(row);
  } catch (error) {
    const message = `The archive of retention failed for instance "${row.instanceId}", so it is kept: ${errorText(error)}`;
    archiving.log.write({ level: "warn", event: "retention.archive-failed", message, fields: { instanceId: row.instanceId } });
    return false;
  }
}
