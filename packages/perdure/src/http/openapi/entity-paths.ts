import { CONTINUATION } from "../wire/continuation.ts";
import { answer, anyOf, BODY_ANSWERS, COMMON, EVERY, empty, header, json, listOf, path, query, responseHeader } from "./parts.ts";

const ENTITY_NAME = path("name", "Entity name; compares without case.");
const ENTITY = [ENTITY_NAME, path("key", "Entity key; $ for the empty one.")];

const listEntities = (operationId: string, parameters: readonly unknown[]) => ({
  operationId,
  summary: "Lists entities that have a state, in order of their ids, page by page.",
  parameters: [
    ...COMMON,
    ...parameters,
    query("lastOperationTimeFrom", "Last operation at or after this time."),
    query("lastOperationTimeTo", "Last operation at or before this time."),
    query("fetchState", "true adds the states.", "boolean"),
    query("showDetails", "true adds lock, held operations, last failure and why it is stopped. Not in Azure.", "boolean"),
    query("showEmpty", "true, with showDetails: those without a state too. Not in Azure.", "boolean"),
    query("top", "Page size, 100 unless given, at most 1000.", "integer"),
    header(CONTINUATION, "From the page before."),
  ],
  responses: {
    ...EVERY,
    "200": listOf("A page; it may be shorter than asked for, since it ends by bytes as well.", "Entity", {
      [CONTINUATION]: responseHeader("There is more.", false),
    }),
    "400": answer("The continuation token is not one of ours.", "Error"),
    "404": empty("Another task hub."),
  },
});

const signal = (operationId: string, summary: string, parameters: readonly unknown[]) => ({
  operationId,
  summary,
  parameters: [...COMMON, ...ENTITY, ...parameters],
  requestBody: {
    description: "Input: JSON if the Content-Type says so, any other text is a string; empty for none.",
    required: false,
    content: { "application/json": { schema: {} }, "text/plain": { schema: { type: "string" } } },
  },
  responses: {
    ...EVERY,
    "202": empty("Accepted: the signal is durable."),
    "400": anyOf("The body is not valid JSON or nested too deep, the key cannot be, or there is no such entity function.", [
      "Error",
      "ErrorWithException",
    ]),
    "404": empty("Another task hub."),
    ...BODY_ANSWERS,
  },
});

/** Rows 13 to 16, and the clean-up that is ours. */
export const ENTITY_PATHS = {
  "/entities": {
    get: listEntities("listEntities", []),
    post: {
      operationId: "cleanEntities",
      summary: "Removes entities without a state, and releases locks of orchestrations that are gone. Not in Azure.",
      parameters: [
        ...COMMON,
        query("removeEmptyEntities", "false leaves them.", "boolean"),
        query("releaseOrphanedLocks", "false leaves them.", "boolean"),
      ],
      responses: { ...EVERY, "200": answer("How many of each.", "CleanResult"), "404": empty("Another task hub.") },
    },
  },
  "/entities/{name}": { get: listEntities("listEntitiesByName", [ENTITY_NAME]) },
  "/entities/{name}/{key}": {
    get: {
      operationId: "getEntity",
      summary: "State of one entity, as last committed.",
      parameters: [
        ...COMMON,
        ...ENTITY,
        query("showDetails", "true: the object of a list with state and details, also of one without a state. Not in Azure.", "boolean"),
      ],
      responses: {
        ...EVERY,
        "200": json("The state itself, or the object that was asked for.", {}),
        "404": empty("It has no state, or another task hub."),
      },
    },
    post: signal("signalEntity", "Signals an operation; the entity need not exist.", [query("op", "Name of the operation.")]),
    delete: signal("deleteEntity", "Signals the operation delete.", []),
  },
  "/entities/{name}/{key}/skip": {
    post: {
      operationId: "skipOperation",
      summary: "Lets the operation fail before which a stopped entity is, without running it; the entity continues. Not in Azure.",
      parameters: [...COMMON, ...ENTITY, query("reason", "Is in the failure, and in the log.")],
      responses: {
        ...EVERY,
        "202": answer("What is set aside.", "SkippedOperation"),
        "404": empty("There is nothing of it, or another task hub."),
        "412": answer("It is not stopped, or nothing waits.", "Error"),
      },
    },
  },
} as const;
