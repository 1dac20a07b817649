import type { HistoryEvent, ParentRef, Tags } from "../../model/history.ts";
import type { Message } from "../../model/message.ts";
import type { Slot } from "../../model/slot.ts";
import type { AuditRow } from "../../store/audit.ts";
import { parseHistory, parseMessage } from "../../store/parse.ts";
import type { InstanceRow, LoadedInstance, NextWake, StopReason } from "../../store/rows.ts";
import { outlivesEnd } from "../../store/wake.ts";

/**
 * An instance outside of a store: a line of an export. What `perdure replay-check` reads is at the top; the rest is what another store needs to continue
 * the instance. Payloads are JSON text, as they are stored, so that no digit of them changes.
 */
export interface Carried {
  readonly instanceId: string;
  readonly name: string;
  readonly version: string | null;
  readonly runtimeStatus: string;
  /** Of the current generation. */
  readonly history: readonly HistoryEvent[];
  readonly row: CarriedRow;
  /** In order. */
  readonly mail: readonly Message[];
  /** Activities that have a row of their own. */
  readonly tasks: readonly CarriedTask[];
}

export interface CarriedRow {
  /** Histories and messages name instances by it, so an import keeps it. */
  readonly no: number;
  readonly executionId: string;
  readonly startId: string;
  readonly generation: number;
  readonly nextWake: NextWake;
  readonly stopped: StopReason | null;
  readonly customStatus: string | null;
  readonly input: string | null;
  readonly output: string | null;
  readonly tags: Tags | null;
  readonly parent: ParentRef | null;
  readonly startAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly completedAt: number | null;
}

export interface CarriedTask {
  readonly generation: number;
  readonly eventId: number;
  readonly name: string;
  readonly notBefore: number;
  readonly crashes: number;
  /** Absent: it needs none, as in exports of older releases. */
  readonly slot?: Slot;
  readonly progress: string | null;
  /** JSON of a TaskBody. */
  readonly body: string;
}

/** Lines of the audit, in order: they come after the instances, and some are of instances that are gone. */
export interface CarriedAudit {
  readonly audit: readonly AuditRow[];
}

export const isAudit = (entry: Carried | CarriedAudit): entry is CarriedAudit => "audit" in entry;

/** Which worker owns it, and how often that was, stays behind. */
export function carried({ row, history, inbox, tasks }: LoadedInstance): Carried {
  const { instanceId, name, orchestrationVersion: version, status } = row;
  return {
    instanceId,
    name,
    version,
    runtimeStatus: status,
    history: parseHistory(history),
    row: carriedRow(row),
    mail: inbox.filter(({ kind }) => row.completedAt === null || outlivesEnd(kind, status)).map(parseMessage),
    tasks: tasks.map(({ generation, eventId, name: activity, notBefore, crashes, slot, progress, body }) => ({
      generation,
      eventId,
      name: activity,
      notBefore,
      crashes,
      ...(slot === undefined ? {} : { slot }),
      progress,
      body,
    })),
  };
}

function carriedRow(row: InstanceRow): CarriedRow {
  const { no, executionId, startId, generation, nextWake, stopped, customStatus, input, output, tags, parent } = row;
  const { startAt, createdAt, updatedAt, completedAt } = row;
  const ids = { no, executionId, startId, generation };
  return { ...ids, nextWake, stopped, customStatus, input, output, tags, parent, startAt, createdAt, updatedAt, completedAt };
}
