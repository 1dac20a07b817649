import { isBuiltInId } from "../../model/ids.ts";
import type { EntityPage, EntityQuery } from "../../store/entities.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { cutEntityPage } from "../page-cut.ts";
import type { Tables } from "./tables.ts";

export function readEntities(tables: Tables, query: EntityQuery): EntityPage {
  const { prefix, updatedFrom, updatedTo, emptyOnes, showState, after } = query;
  const rows = [...tables.instances.values()]
    .filter((row) => row.instanceId.startsWith(prefix) && !isBuiltInId(row.instanceId) && (emptyOnes || row.input !== null))
    .filter((row) => (updatedFrom === null || row.updatedAt >= updatedFrom) && (updatedTo === null || row.updatedAt <= updatedTo))
    .filter((row) => after === null || byCodePoints(row.instanceId, after) > 0)
    .sort((a, b) => byCodePoints(a.instanceId, b.instanceId));
  return cutEntityPage(rows, (row): InstanceRow => (showState ? row : { ...row, input: null }), query);
}

/** As databases compare UTF-8. */
const byCodePoints = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
