import { CONTINUATION } from "../wire/continuation.ts";
import { AUDIT_PATHS } from "./audit-paths.ts";
import { ENTITY_PATHS } from "./entity-paths.ts";
import { FAILURE_PATHS } from "./failure-paths.ts";
import {
  answer,
  anyBody,
  anyOf,
  BODY_ANSWERS,
  CHECK_STATUS,
  COMMON,
  EVERY,
  empty,
  FILTER,
  header,
  json,
  listOf,
  OF_START,
  OWN_FILTER,
  path,
  query,
  responseHeader,
  WAIT,
} from "./parts.ts";
import { RERUN_PATHS } from "./rerun-paths.ts";
import { SCHEDULE_PATHS } from "./schedule-paths.ts";
import { WATCH_PATHS } from "./watch-paths.ts";

const INSTANCE = path("instanceId", "Id of the orchestration instance.");
const FUNCTION = path("functionName", "Name of an orchestrator function; compares without case.");
const REASON = query("reason", "Why, for the audit. Not in Azure.");
const RECURSIVE = query("recursive", "true: with the sub-orchestrations that have ended, and theirs. Not in Azure.", "boolean");
const start = (operationId: string, parameters: readonly unknown[]) => ({
  post: {
    operationId,
    summary: "Starts an orchestration, and with timeout and pollingInterval waits for its end.",
    parameters: [...COMMON, FUNCTION, ...parameters, ...OF_START, ...WAIT],
    requestBody: anyBody("Input as JSON, whatever the Content-Type; empty for none.", false),
    responses: {
      ...EVERY,
      "200": json("Waited: the bare output, or the status object of an instance that failed or was terminated.", {}),
      "202": CHECK_STATUS,
      "400": anyOf(
        "The body is not valid JSON or nested too deep, the id, a tag, a time or the wait cannot be, or there is no such orchestrator function.",
        ["Error", "ErrorWithException"],
      ),
      "404": empty("Another task hub."),
      "409": answer("An instance with that id has not ended.", "Error"),
      ...BODY_ANSWERS,
    },
  },
});

const control = (
  operation: string,
  summary: string,
  extra: { readonly [key: string]: unknown } = {},
  parameters: readonly unknown[] = [],
) => ({
  post: {
    operationId: operation,
    summary,
    parameters: [...COMMON, INSTANCE, query("reason", "Why, for the history."), ...parameters],
    responses: { ...EVERY, "202": empty("Accepted."), "404": empty("Unknown instance."), "410": empty("It has ended."), ...extra },
  },
});

/** Below the base path. */
export const MANAGEMENT_PATHS = {
  "/orchestrators/{functionName}": start("startOrchestration", []),
  "/orchestrators/{functionName}/{instanceId}": start("startOrchestrationWithId", [INSTANCE]),
  "/instances": {
    get: {
      operationId: "listInstances",
      summary: "Lists instances, oldest first, page by page. A filter of Azure that cannot be read counts as absent.",
      parameters: [
        ...COMMON,
        ...FILTER,
        query("instanceIdPrefix", "Ids that begin with this."),
        query("stopped", "true: only instances that are stopped; false: only the others. Not in Azure.", "boolean"),
        ...OWN_FILTER,
        query("open", "true: only instances that have not ended; false: only those that have. Not in Azure.", "boolean"),
        query("orderBy", "created, or ended: by the time of the end, and only those that have one. Not in Azure."),
        query("showEntities", "false: without entities, also in a count. Not in Azure.", "boolean"),
        query("newestFirst", "true: the newest first. Not in Azure.", "boolean"),
        query("count", "true: the answer is how many there are. Not in Azure.", "boolean"),
        query("cap", "Counts no further; 10000 unless given. Not in Azure.", "integer"),
        query("showPayloads", "false leaves inputs, outputs and custom statuses out. Not in Azure.", "boolean"),
        query("showInput", "false leaves the inputs out.", "boolean"),
        query("showDetails", "true adds version, tags and parentInstanceId. Not in Azure.", "boolean"),
        query("top", "Page size, 100 unless given, at most 1000.", "integer"),
        header(CONTINUATION, "From the page before."),
      ],
      responses: {
        ...EVERY,
        "200": listOf("A page; it may be shorter than asked for, since it ends by bytes as well.", "Status", {
          [CONTINUATION]: responseHeader("There is more.", false),
          "x-perdure-reached-back-to": responseHeader("The page is short: as many rows were looked at as may be, up to this time.", false),
        }),
        "400": anyOf("The continuation token is not one of ours, or a parameter that Azure does not have cannot be read.", [
          "Error",
          "Text",
        ]),
        "404": empty("Another task hub."),
      },
    },
    delete: {
      operationId: "purgeInstances",
      summary: "Purges finished instances by filter. One that cannot be read, or an unknown parameter, is refused.",
      parameters: [
        ...COMMON,
        ...FILTER,
        query("instanceIdPrefix", "Ids that begin with this. Not in Azure."),
        ...OWN_FILTER,
        RECURSIVE,
        REASON,
      ],
      responses: {
        ...EVERY,
        "200": answer("How many were purged.", "PurgeResult"),
        "400": answer("createdTimeFrom is missing, or a parameter is unknown or cannot be read; nothing was purged.", "Text"),
        "404": empty("Nothing to purge."),
      },
    },
  },
  "/instances/{instanceId}": {
    get: {
      operationId: "getStatus",
      summary: "Status of one instance.",
      parameters: [
        ...COMMON,
        INSTANCE,
        query("showHistory", "true adds the history.", "boolean"),
        query("showHistoryOutput", "true adds the results to it.", "boolean"),
        query("showInput", "false leaves the inputs out.", "boolean"),
        query("showDetails", "true adds version, tags and parentInstanceId. Not in Azure.", "boolean"),
        query("showWaitingFor", "true adds why it does not move. Not in Azure.", "boolean"),
        query("returnInternalServerErrorOnFailure", "true answers a failed instance with 500.", "boolean"),
      ],
      responses: {
        ...EVERY,
        "200": answer("It has ended.", "Status"),
        "202": answer("It has not ended.", "Status", {
          Location: responseHeader("This URL."),
          "Retry-After": { required: true, description: "Seconds.", schema: { const: "5" } },
          "x-perdure-stopped": {
            required: false,
            description: "Why it is stopped, when it is: a code and a percent-encoded message.",
            schema: { type: "string" },
          },
        }),
        "404": empty("Unknown instance."),
        "500": anyOf("It failed and returnInternalServerErrorOnFailure is true, or the host failed.", ["Status", "ErrorWithException"]),
      },
    },
    delete: {
      operationId: "purgeInstance",
      summary: "Purges one finished instance.",
      parameters: [...COMMON, INSTANCE, RECURSIVE, REASON],
      responses: {
        ...EVERY,
        "200": answer("Purged.", "PurgeResult"),
        "404": empty("Unknown instance."),
        "412": answer("It has not ended.", "Text"),
      },
    },
  },
  "/instances/{instanceId}/raiseEvent/{eventName}": {
    post: {
      operationId: "raiseEvent",
      summary: "Raises an external event.",
      parameters: [...COMMON, INSTANCE, path("eventName", "Name of the event; compares without case.")],
      requestBody: anyBody("Payload as JSON; an empty body is not a payload.", true),
      responses: {
        ...EVERY,
        "202": empty("Accepted."),
        "400": anyOf("Content-Type is not application/json, or the body is not valid JSON or nested too deep.", [
          "Error",
          "ErrorWithException",
        ]),
        "404": empty("Unknown instance."),
        "410": empty("It has ended."),
        ...BODY_ANSWERS,
      },
    },
  },
  "/instances/{instanceId}/terminate": control("terminate", "Terminates an instance.", {}, [
    query("recursive", "true terminates its sub-orchestrations too.", "boolean"),
  ]),
  "/instances/{instanceId}/suspend": control("suspend", "Suspends an instance.", {
    "500": answer("It is suspended already, or the host failed.", "ErrorWithException"),
  }),
  "/instances/{instanceId}/resume": control("resume", "Resumes a suspended instance.", {
    "500": answer("It is not suspended, or the host failed.", "ErrorWithException"),
  }),
  "/instances/{instanceId}/rewind": {
    post: {
      operationId: "rewind",
      summary: "Lets a failed instance continue from where it failed.",
      parameters: [
        ...COMMON,
        INSTANCE,
        query("reason", "Why, for the history."),
        query("dryRun", "true: nothing is done, and the answer says what would be. Not in Azure.", "boolean"),
      ],
      responses: {
        ...EVERY,
        "200": answer("What would be done.", "EditPlan"),
        "202": empty("It continues."),
        "404": empty("Unknown instance."),
        "412": empty("It has not failed."),
      },
    },
  },
  "/instances/{instanceId}/fork": {
    post: {
      operationId: "fork",
      summary: "Starts another instance with the history of this one up to a point. Not in Azure.",
      parameters: [...COMMON, INSTANCE],
      requestBody: anyBody("The options of client.fork as a JSON object; `at` is required.", true),
      responses: {
        ...EVERY,
        "200": answer("A dry run: what would be done.", "ForkPlan"),
        "202": CHECK_STATUS,
        "400": anyOf("The body is not valid JSON, an option cannot be, or the history has no such point.", ["Error", "ErrorWithException"]),
        "404": empty("Unknown instance."),
        "409": answer("There is an instance with the id that it is to have, ended or not.", "Error"),
        ...BODY_ANSWERS,
      },
    },
  },
  "/instances/{instanceId}/restart": {
    post: {
      operationId: "restart",
      summary: "Starts it again from its beginning, and with timeout and pollingInterval waits for its end.",
      parameters: [
        ...COMMON,
        INSTANCE,
        query("restartWithNewInstanceId", "false: under the same id, whose instance must have ended (true).", "boolean"),
        REASON,
        ...WAIT,
      ],
      responses: {
        ...EVERY,
        "200": json("Waited: the bare output, or the status object of an instance that failed or was terminated.", {}),
        "202": CHECK_STATUS,
        "400": anyOf("Unknown instance, or the wait cannot be, or there is no such orchestrator function any more.", ["Error"]),
        "404": empty("Another task hub."),
        "409": answer("It is to have the same id, and has not ended.", "Error"),
      },
    },
  },
  "/makeprimary": {
    post: {
      operationId: "makePrimary",
      summary: "Any method: there is no app lease here.",
      parameters: COMMON,
      responses: { ...EVERY, "400": answer("There is no app lease.", "Error"), "404": empty("Another task hub.") },
    },
  },
  ...ENTITY_PATHS,
  ...RERUN_PATHS,
  ...AUDIT_PATHS,
  ...FAILURE_PATHS,
  ...WATCH_PATHS,
  ...SCHEDULE_PATHS,
  "/openapi.json": {
    get: {
      operationId: "openApi",
      summary: "This document.",
      parameters: COMMON,
      responses: { ...EVERY, "200": json("This document.", { type: "object" }), "404": empty("Another task hub.") },
    },
  },
} as const;

export const HOST_PATHS = {
  "/admin/host/status": {
    get: { operationId: "hostStatus", summary: "Is the host up?", responses: { ...EVERY, "200": answer("It is.", "HostStatus") } },
  },
  "/healthz": {
    get: { operationId: "alive", summary: "Does the process answer?", security: [], responses: { "200": answer("It does.", "Probe") } },
  },
  "/readyz": {
    get: {
      operationId: "ready",
      summary: "Should the process get requests now?",
      security: [],
      responses: { "200": answer("It should.", "Probe"), "503": answer("It should not, and why.", "Probe") },
    },
  },
} as const;
