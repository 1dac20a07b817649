import type { Store } from "../../store/contract.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { readAudit } from "../audit.ts";
import { isLiveAt } from "../waiting-for.ts";
import { divergenceOf } from "./divergence.ts";
import { eventsWithin } from "./history.ts";
import type { ShowPayload } from "./preview.ts";
import { previewOf } from "./preview.ts";
import { shownRow } from "./rows.ts";
import type { PayloadPlace } from "./shown-payload.ts";
import type { InspectedAuditLine, InstanceDetail } from "./types.ts";

const PREVIEW_BYTES = 4 * 1_024;
const AUDIT_LINES = 50;
const MOST_CHILDREN = 10_000;

type Reads = Pick<Store, "readHistoryRange" | "readWorkers" | "count" | "audit">;

export async function instanceDetail(store: Reads, row: InstanceRow, shown: ShowPayload): Promise<InstanceDetail> {
  const { no, generation, instanceId, parent } = row;
  const children = { createdFrom: null, createdTo: null, statuses: [], idPrefix: null, stopped: null, parent: no };
  const [range, owner, count, audit] = await Promise.all([
    store.readHistoryRange({ no, generation, from: 0, limit: generation === 0 ? 0 : 1, maxBytes: 1 }),
    ownerOf(store, row),
    store.count({ filter: children, cap: MOST_CHILDREN }),
    readAudit(store, { instanceId, limit: AUDIT_LINES, continuation: null }),
  ]);
  const preview = (text: string | null, at: PayloadPlace) => (text === null ? null : previewOf(text, at, PREVIEW_BYTES, shown));
  return {
    row: shownRow(row),
    executionId: row.executionId,
    input: preview(row.input, "input"),
    output: preview(row.output, "output"),
    customStatus: preview(row.customStatus, "customStatus"),
    parent: parent === null ? null : { id: parent.instanceId, name: parent.name },
    owner,
    events: range.total,
    generationBeganAt: eventsWithin(range.chunks, 0, 1).events[0]?.event.ts ?? null,
    children: count.count,
    divergence: divergenceOf(row.stopped),
    audit: audit.lines.map(({ what, time, count: times, by, reason, run }): InspectedAuditLine => {
      return { what, at: time.getTime(), count: times, by, reason, executionId: run.executionId };
    }),
  };
}

async function ownerOf(store: Pick<Store, "readWorkers">, { owner }: InstanceRow): Promise<InstanceDetail["owner"]> {
  if (owner === null) return null;
  const { now, workers } = await store.readWorkers();
  const found = workers.find(({ worker }) => worker === owner);
  return { worker: owner, host: found?.host ?? "unknown", isAlive: found !== undefined && isLiveAt(found, now) };
}
