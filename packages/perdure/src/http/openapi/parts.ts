import type { SchemaName } from "./schemas.ts";

export interface Parameter {
  readonly name: string;
  readonly in: "query" | "path" | "header";
  readonly required: boolean;
  readonly description: string;
  readonly schema: { readonly [key: string]: unknown };
}

export const query = (name: string, description: string, type = "string"): Parameter => ({
  name,
  in: "query",
  required: false,
  description,
  schema: { type },
});

export const path = (name: string, description: string): Parameter => ({
  name,
  in: "path",
  required: true,
  description,
  schema: { type: "string" },
});

export const header = (name: string, description: string): Parameter => ({
  name,
  in: "header",
  required: false,
  description,
  schema: { type: "string" },
});

/** Accepted by every row. */
export const COMMON: readonly Parameter[] = [
  query("taskHub", "Name of the task hub; blank means this one, another one is answered 404."),
  query("connection", "Accepted, selects nothing."),
];

/** Of what the list and what is done to many take. */
export const FILTER = [
  query("createdTimeFrom", "Created at or after this time."),
  query("createdTimeTo", "Created at or before this time."),
  query("runtimeStatus", "One or more of the runtime statuses, comma-separated or repeated, in any case."),
];
export const OWN_FILTER = [
  query("name", "Of this orchestrator, in any case. Not in Azure."),
  query("version", "In exactly this version. Not in Azure."),
  query("endedTimeFrom", "Ended at or after this time. Not in Azure."),
  query("endedTimeTo", "Ended at or before this time. Not in Azure."),
  query("parentInstanceId", "Sub-orchestrations of the instance that has this id now. Not in Azure."),
  query("tag", "NAME=VALUE: with this tag; repeated: with all of them. Not in Azure."),
  query("errorText", "Failed ones whose error contains this text. Not in Azure."),
];

export const WAIT = [
  query("timeout", "Seconds to wait for the end; only together with pollingInterval.", "number"),
  query("pollingInterval", "Seconds, not more than timeout; only together with timeout.", "number"),
];

export const OF_START = [
  query("version", "Version of the new instance."),
  query("tag", "NAME=VALUE: a tag of the new instance; repeated: each of them. Not in Azure."),
  query("startAt", "It begins at this time, and not before. Not in Azure."),
];

export const anyBody = (description: string, required: boolean) => ({
  description,
  required,
  content: { "application/json": { schema: {} } },
});

const ref = (schema: SchemaName) => ({ $ref: `#/components/schemas/${schema}` });

export const json = (description: string, schema: { readonly [key: string]: unknown }, headers?: Headers) => ({
  description,
  ...(headers === undefined ? {} : { headers }),
  content: { "application/json; charset=utf-8": { schema } },
});

const ERROR_CODE: Headers = {
  "x-perdure-error": {
    required: false,
    description: "The error's code, as docs/errors.md has it. Not in Azure.",
    schema: { type: "string" },
  },
};
const REFUSALS: ReadonlySet<SchemaName> = new Set<SchemaName>(["Error", "Unavailable", "Text"]);

export const answer = (description: string, schema: SchemaName, headers?: Headers) =>
  json(description, ref(schema), REFUSALS.has(schema) ? { ...headers, ...ERROR_CODE } : headers);
export const anyOf = (description: string, schemas: readonly SchemaName[]) => json(description, { anyOf: schemas.map(ref) });
export const listOf = (description: string, schema: SchemaName, headers?: Headers) =>
  json(description, { type: "array", items: ref(schema) }, headers);
export const events = (description: string) => ({ description, content: { "text/event-stream": { schema: { type: "string" } } } });
export const empty = (description: string) => ({ description });

type Headers = {
  readonly [name: string]: {
    readonly required: boolean;
    readonly description: string;
    readonly schema: { readonly [key: string]: unknown };
  };
};

export const responseHeader = (description: string, required = true) => ({ required, description, schema: { type: "string" } });

export const CHECK_STATUS = answer("Accepted. Location is where to ask for the status.", "ManagementPayload", {
  Location: responseHeader("The status URL of the instance."),
  "Retry-After": { required: true, description: "Seconds.", schema: { const: "10" } },
});

const REFUSED = {
  "401": empty("The host has keys and the request carried none of them."),
  "403": empty(
    "The host has no key, and the Host is not a loopback name, or the request comes from a web page whose origin is not allowed.",
  ),
} as const;

const TOO_LARGE = answer("The body is larger than the limit; nothing was written.", "Error");
/** Of the rows that take JSON, beside what each of them has. */
export const BODY_ANSWERS = {
  "408": answer("The body did not arrive in time; nothing was written.", "Error"),
  "413": TOO_LARGE,
  "415": answer("The charset of the body is not known; nothing was written.", "Error"),
} as const;
const UNAVAILABLE = answer("The store does not answer, the host is stopping, or too many bodies are being received.", "Unavailable", {
  "Retry-After": responseHeader("Seconds."),
});
const FAILED = answer("The host failed; its log has the reason.", "ErrorWithException");
/** Of every row. */
export const EVERY = { ...REFUSED, "500": FAILED, "503": UNAVAILABLE };
