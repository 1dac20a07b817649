import { answer, COMMON, EVERY, empty, listOf, path } from "./parts.ts";

const tell = (operation: string, summary: string) => ({
  post: {
    operationId: `${operation}Schedule`,
    summary: `${summary} Not in Azure.`,
    parameters: [...COMMON, path("name", "Name of the schedule or timer; compares without case.")],
    responses: { ...EVERY, "202": empty("Accepted."), "404": answer("Unknown schedule.", "Error") },
  },
});

export const SCHEDULE_PATHS = {
  "/schedules": {
    get: {
      operationId: "listSchedules",
      summary: "Lists schedules and timers in the order of their names. Not in Azure.",
      parameters: COMMON,
      responses: { ...EVERY, "200": listOf("All of them.", "Schedule"), "404": empty("Another task hub.") },
    },
  },
  "/schedules/{name}/pause": tell("pause", "Lets a schedule run no more until it is resumed."),
  "/schedules/{name}/resume": tell("resume", "Lets a paused schedule run from its next time on."),
  "/schedules/{name}/trigger": tell("trigger", "Runs a schedule once, now."),
} as const;
