import type { Store } from "../../../store/contract.ts";
import { auditOf } from "./audit.ts";
import { backlogFrom, backlogStatement } from "./backlog.ts";
import { entitiesOf, entitiesStatement } from "./entity-page.ts";
import { historyRangeOf, historyRangeStatement } from "./history-range.ts";
import type { Read } from "./query-page.ts";
import { countInstances, queryPage } from "./query-page.ts";

type Lists = Pick<Store, "query" | "count" | "readEntities" | "readHistoryRange" | "readBacklog" | "audit">;

/** What people look at: lists, counts, parts of histories. */
export function listsOf(schema: () => string, read: Read): Lists {
  return {
    query: (query) => queryPage(schema(), read, query),
    count: (query) => countInstances(schema(), read, query),
    readEntities: async (query) => entitiesOf(await read(entitiesStatement(schema(), query)), query),
    readHistoryRange: async (params) => historyRangeOf(await read(historyRangeStatement(schema(), params))),
    readBacklog: async ({ cap }) => backlogFrom(await read(backlogStatement(schema(), cap)), cap),
    audit: auditOf((statement) => read(statement(schema()))),
  };
}
