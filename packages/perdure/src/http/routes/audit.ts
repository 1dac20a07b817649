import type { AuditLine } from "../../functions/audit-types.ts";
import type { ManagementCall } from "../management-call.ts";
import { jsonResponse } from "../responses.ts";
import { CONTINUATION } from "../wire/continuation.ts";
import { fullTime } from "../wire/times.ts";

const DEFAULT_PAGE = 100;
const LONGEST_PAGE = 1_000;

/** Not in Azure. Of one instance, which may be gone, or of all (null); the newest first. */
export async function readAudit({ client, query, request }: ManagementCall, instanceId: string | null): Promise<Response> {
  const top = query.int("top");
  const token = request.headers.get(CONTINUATION)?.trim() ?? "";
  const limit = top === null || top <= 0 ? DEFAULT_PAGE : Math.min(top, LONGEST_PAGE);
  const page = await client.audit({ instanceId, limit, continuation: token === "" ? null : token });
  const headers = page.continuation === null ? {} : { [CONTINUATION]: page.continuation };
  return jsonResponse(200, JSON.stringify(page.lines.map(lineObject)), headers);
}

const lineObject = ({ time, firstTime, run, ...line }: AuditLine) => ({
  ...line,
  time: timeOf(time),
  firstTime: timeOf(firstTime),
  run: { ...run, createdTime: timeOf(run.createdTime), endedTime: timeOf(run.endedTime) },
});

const timeOf = (time: Date | null): string | null => (time === null ? null : fullTime(time.getTime()));
