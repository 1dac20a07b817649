import { CONTINUATION } from "../wire/continuation.ts";
import { answer, COMMON, EVERY, empty, header, listOf, path, query, responseHeader } from "./parts.ts";

const get = (operationId: string, summary: string, more: readonly ReturnType<typeof path>[]) => ({
  get: {
    operationId,
    summary: `${summary} Not in Azure.`,
    parameters: [
      ...more,
      query("top", "Page size, 100 by default, at most 1,000.", "integer"),
      header(CONTINUATION, "From the page before."),
      ...COMMON,
    ],
    responses: {
      ...EVERY,
      "200": listOf("The newest lines first.", "AuditLine", { [CONTINUATION]: responseHeader("There are more lines.", false) }),
      "400": answer("The continuation token is not one of ours.", "Error"),
      "404": empty("Another task hub."),
    },
  },
});

export const AUDIT_PATHS = {
  "/audit": get("readAudit", "What was purged, replaced, rewound, restarted or forked, and what continued as new.", []),
  "/instances/{instanceId}/audit": get("readInstanceAudit", "The same of one id, whether there is such an instance or not.", [
    path("instanceId", "Instance id."),
  ]),
} as const;
