import { CONTINUATION } from "../wire/continuation.ts";
import { answer, anyBody, anyOf, BODY_ANSWERS, COMMON, EVERY, empty, FILTER, header, OWN_FILTER, query, responseHeader } from "./parts.ts";
import type { SchemaName } from "./schemas.ts";

interface Many {
  readonly operationId: string;
  readonly what: string;
  readonly how: readonly ReturnType<typeof query>[];
  readonly schema: SchemaName;
}

const many = ({ operationId, what, how, schema }: Many) => ({
  operationId,
  summary: `${what} that a filter finds, oldest first. A filter that cannot be read, or an unknown parameter, is refused. Not in Azure.`,
  parameters: [
    ...COMMON,
    ...FILTER,
    query("instanceIdPrefix", "Ids that begin with this."),
    ...OWN_FILTER,
    ...how,
    query("rate", "At most so many a second; 50 unless given.", "integer"),
    query("top", "At most so many by this request; 100 unless given, at most 1000.", "integer"),
    header(CONTINUATION, "From the answer before."),
  ],
  responses: {
    ...EVERY,
    "200": answer("What was done; in a dry run what would be.", schema, { [CONTINUATION]: responseHeader("There may be more.", false) }),
    "400": anyOf("createdTimeFrom is missing, or something is unknown or cannot be read; nothing was done.", [
      "Error",
      "ErrorWithException",
      "Text",
    ]),
    "404": empty("Another task hub."),
  },
});

const DRY_RUN = query("dryRun", "true: nothing is done, and the answer says what would be.", "boolean");

const FORK = many({ operationId: "forkInstances", what: "Forks the instances", how: [], schema: "Forked" });

/** Of many instances: those of one are in paths.ts. */
export const RERUN_PATHS = {
  "/instances/rewind": {
    post: many({
      ...{ operationId: "rewindInstances", what: "Rewinds the failed instances", schema: "Rewound" },
      how: [query("reason", "Why, for the histories."), DRY_RUN],
    }),
  },
  "/instances/restart": {
    post: many({
      ...{ operationId: "restartInstances", what: "Restarts the ended instances", schema: "Restarted" },
      how: [query("restartWithNewInstanceId", "false: each under its own id.", "boolean"), query("reason", "Why, for the audit."), DRY_RUN],
    }),
  },
  "/instances/fork": {
    post: {
      ...FORK,
      requestBody: anyBody("The options of client.fork as a JSON object, but for `instanceId`; `at` is required.", true),
      responses: { ...FORK.responses, ...BODY_ANSWERS },
    },
  },
} as const;
