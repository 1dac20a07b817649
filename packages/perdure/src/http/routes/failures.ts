import type { FailureGroup } from "../../client/inspect/failure-types.ts";
import type { ManagementCall } from "../management-call.ts";
import { jsonResponse, textResponse } from "../responses.ts";
import { fullTime } from "../wire/times.ts";

/** Not in Azure. What failed and what is stopped, by what happened: the largest group first. */
export async function readFailures({ client, query }: ManagementCall): Promise<Response> {
  const given = query.nonBlank("endedTimeFrom");
  const endedFrom = query.date("endedTimeFrom");
  if (given !== null && endedFrom === null) return textResponse(400, `Nothing was listed: endedTimeFrom "${given}" is not a time.`);
  const [name, version] = [query.nonBlank("name"), query.text("version")];
  const { groups, looked, from } = await client.failures({
    ...(endedFrom === null ? {} : { endedFrom }),
    ...(name === null ? {} : { name }),
    ...(version === null ? {} : { version }),
  });
  return jsonResponse(
    200,
    JSON.stringify({ from: fullTime(from), looked: looked.n, exact: looked.isExact, groups: groups.map(groupObject) }),
  );
}

const groupObject = ({ first, last, site, newest: _, ids, ...group }: FailureGroup) => ({
  ...group,
  first: fullTime(first),
  last: fullTime(last),
  place: site === null ? null : `${site.file}:${site.line}`,
  instanceIds: ids,
});
