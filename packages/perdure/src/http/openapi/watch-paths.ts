import { COMMON, EVERY, empty, events, path, query } from "./parts.ts";

export const WATCH_PATHS = {
  "/instances/{instanceId}/watch": {
    get: {
      operationId: "watchInstance",
      summary: "Server-sent events of one instance until it has ended: status, progress, end. Not in Azure.",
      parameters: [
        ...COMMON,
        path("instanceId", "Id of the orchestration instance."),
        query("showInput", "false leaves the inputs out.", "boolean"),
      ],
      responses: {
        ...EVERY,
        "200": events("status has the status object, progress what an activity says, end comes last."),
        "404": empty("Unknown instance."),
      },
    },
  },
} as const;
