import { answer, COMMON, EVERY, empty, query } from "./parts.ts";

export const FAILURE_PATHS = {
  "/failures": {
    get: {
      operationId: "readFailures",
      summary: "What failed and what is stopped, by what happened: the newest 2,000 of each, the largest group first. Not in Azure.",
      parameters: [
        query("endedTimeFrom", "Failed at or after this time (24 hours ago). Those that are stopped are all there."),
        query("name", "Of this orchestrator, in any case."),
        query("version", "In exactly this version."),
        ...COMMON,
      ],
      responses: {
        ...EVERY,
        "200": answer("The groups.", "Failures"),
        "400": empty("A time that is none."),
        "404": empty("Another task hub."),
      },
    },
  },
} as const;
