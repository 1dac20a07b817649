import { fault } from "../errors/perdure-error.ts";
import type { AuditedRun, AuditLine } from "../functions/audit-types.ts";
import { instanceId as asInstanceId, entityIdProblem, isBuiltInId, storedIdProblem } from "../model/ids.ts";
import { isRecord } from "../model/options.ts";
import { runtimeStatusNamed } from "../model/status.ts";
import type { AuditNote, AuditRow } from "../store/audit.ts";
import type { Store } from "../store/contract.ts";
import type { InstanceRow } from "../store/rows.ts";
import { givenId } from "./arguments.ts";
import type { AuditPage, ClientAuditQuery, HubClient } from "./types.ts";

const PAGE = 100;

export async function readAudit(store: Pick<Store, "audit">, query: ClientAuditQuery): Promise<AuditPage> {
  const { instanceId, limit, continuation } = query;
  if (instanceId !== null && storedIdProblem(instanceId) !== null && entityIdProblem(instanceId) !== null)
    return { lines: [], continuation: null };
  const place = continuation === null ? null : Number(continuation);
  if (place !== null && !(Number.isSafeInteger(place) && place > 0)) throw fault("CONTINUATION_INVALID", continuation ?? "");
  const page = await store.audit.read({ instanceId: instanceId === null ? null : asInstanceId(instanceId), limit, place });
  const rows = instanceId === null ? page.rows.filter((row) => !isBuiltInId(row.instanceId)) : page.rows;
  return { lines: rows.map(lineOf), continuation: page.next === null ? null : String(page.next) };
}

/** All pages, one after the other. */
export async function* auditLines(client: Pick<HubClient, "audit">, instanceId: string | undefined): AsyncGenerator<AuditLine> {
  const of = instanceId === undefined ? null : givenId(instanceId);
  let continuation: string | null = null;
  do {
    const page: AuditPage = await client.audit({ instanceId: of, limit: PAGE, continuation });
    yield* page.lines;
    continuation = page.continuation;
  } while (continuation !== null);
}

/** What a fork or a restart is made from. */
export const originOf = ({ instanceId, executionId }: Pick<InstanceRow, "instanceId" | "executionId">): Pick<AuditNote, "detail"> => ({
  detail: JSON.stringify({ from: { instanceId, executionId } }),
});

function lineOf({ instanceId, what, at, firstAt, count, by, reason, detail }: AuditRow): AuditLine {
  const found: unknown = JSON.parse(detail);
  const facts = isRecord(found) ? found : {};
  return {
    instanceId,
    what,
    time: new Date(at),
    firstTime: new Date(firstAt),
    count,
    by,
    reason,
    run: runOf(facts),
    from: fromOf(facts.from),
    skipped: skippedOf(facts.skipped),
  };
}

type Facts = { readonly [name: string]: unknown };

/** Another release may have written more, or less. */
function runOf({ executionId, name, status, createdAt, endedAt, events }: Facts): AuditedRun {
  return {
    executionId: textOf(executionId),
    name: textOf(name),
    runtimeStatus: typeof status === "string" ? runtimeStatusNamed(status) : null,
    createdTime: timeOf(createdAt),
    endedTime: timeOf(endedAt),
    historyEvents: typeof events === "number" ? events : null,
  };
}

function fromOf(from: unknown): AuditLine["from"] {
  if (!isRecord(from) || typeof from.instanceId !== "string" || typeof from.executionId !== "string") return null;
  return { instanceId: from.instanceId, executionId: from.executionId };
}

function skippedOf(skipped: unknown): AuditLine["skipped"] {
  if (!isRecord(skipped) || typeof skipped.operation !== "string") return null;
  return { operation: skipped.operation, isSignal: skipped.isSignal === true, sender: textOf(skipped.sender) };
}

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);
const timeOf = (value: unknown): Date | null => (typeof value === "number" ? new Date(value) : null);
