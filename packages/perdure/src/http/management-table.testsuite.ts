import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HubClient } from "../client/types.ts";
import type { RuntimeStatus } from "../model/status.ts";
import { createHttpHandler } from "./handler.ts";
import { BASE, fixtureHub, ORIGIN } from "./testing/api.ts";
import { assertDescribed } from "./testing/openapi-check.ts";

/** A hub for the table: its orchestrator "Hello" and its entity "Counter" are known, and instances can be put into the statuses that the suite is given. */
export interface TableHub {
  readonly client: HubClient;
  /**
   * Instance `id` of "Hello" with input `{"a":1}` and custom status `"half"`; a Completed one has the output `["done"]`, a Failed one failed
   * with "boom", a Terminated one has the reason "enough".
   */
  seed(id: string, status: RuntimeStatus): Promise<void>;
  close(): Promise<void>;
}

interface Expected {
  readonly status: number;
  /** Whole body; times are written T. */
  readonly body: string | RegExp;
  readonly headers?: { readonly [name: string]: string };
}
type ByStatus = { readonly [Status in RuntimeStatus]: Expected };
type Variant = "happy" | "unknown id" | "bad body" | "wrong content type" | "wrong method" | "trailing slash" | "upper-case operation";
interface Row {
  readonly row: string;
  readonly method: string;
  readonly wrongMethod: string;
  /** Below the base path; `{id}` is filled in. */
  readonly path: string;
  readonly upperCasePath: string;
  /** The path in the OpenAPI document. */
  readonly template: string;
  readonly body?: string;
  readonly expect: { readonly [V in Variant]: ByStatus };
}

const EMPTY = "";
const empty = (status: number): Expected => ({ status, body: EMPTY });
const always = (expected: Expected): ByStatus => split(expected, expected);
const split = (live: Expected, ended: Expected): ByStatus => ({
  Pending: live,
  Running: live,
  Suspended: live,
  ContinuedAsNew: live,
  Completed: ended,
  Failed: ended,
  Terminated: ended,
  Canceled: ended,
});

const Q = "taskHub=TestHub&connection=Storage";
const U = "http://localhost:7071/runtime/webhooks/durabletask/instances";
const accepted = (id: string): Expected => ({
  status: 202,
  headers: { "content-type": "application/json; charset=utf-8", location: `${U}/${id}?${Q}`, "retry-after": "10" },
  body:
    `{"id":"${id}","statusQueryGetUri":"${U}/${id}?${Q}","sendEventPostUri":"${U}/${id}/raiseEvent/{eventName}?${Q}",` +
    `"terminatePostUri":"${U}/${id}/terminate?reason={text}&${Q}","rewindPostUri":"${U}/${id}/rewind?reason={text}&${Q}",` +
    `"purgeHistoryDeleteUri":"${U}/${id}?${Q}","restartPostUri":"${U}/${id}/restart?${Q}",` +
    `"suspendPostUri":"${U}/${id}/suspend?reason={text}&${Q}","resumePostUri":"${U}/${id}/resume?reason={text}&${Q}"}`,
});
const conflict = (status: string): Expected => ({
  status: 409,
  body: `{"Message":"An Orchestration instance with the status ${status} already exists."}`,
});
const startConflicts: ByStatus = {
  ...split(conflict(""), accepted("i1")),
  Pending: conflict("Pending"),
  Running: conflict("Running"),
  Suspended: conflict("Suspended"),
  ContinuedAsNew: conflict("ContinuedAsNew"),
};
const badJson: Expected = {
  status: 400,
  body: /^\{"Message":"Invalid JSON content","ExceptionMessage":".+","ExceptionType":"Newtonsoft\.Json\.JsonReaderException","StackTrace":null\}$/,
};
const notJsonType: Expected = { status: 400, body: '{"Message":"Only application/json request content is supported"}' };

const OUTPUTS: { readonly [Status in RuntimeStatus]: string } = {
  Pending: "null",
  Running: "null",
  Suspended: "null",
  ContinuedAsNew: "null",
  Completed: '["done"]',
  Failed: '"boom"',
  Terminated: '"enough"',
  Canceled: "null",
};
const statusBody = (status: RuntimeStatus) =>
  `{"name":"Hello","instanceId":"i1","runtimeStatus":"${status}","input":{"a":1},"customStatus":"half","output":${OUTPUTS[status]},"createdTime":"T","lastUpdatedTime":"T"}`;
const shown = (status: RuntimeStatus, location: string): Expected =>
  ["Completed", "Failed", "Terminated", "Canceled"].includes(status)
    ? { status: 200, body: statusBody(status), headers: { "content-type": "application/json; charset=utf-8" } }
    : {
        status: 202,
        body: statusBody(status),
        headers: { location, "retry-after": "5", "content-type": "application/json; charset=utf-8" },
      };
const perStatus = (expected: (status: RuntimeStatus) => Expected): ByStatus => ({
  Pending: expected("Pending"),
  Running: expected("Running"),
  Suspended: expected("Suspended"),
  ContinuedAsNew: expected("ContinuedAsNew"),
  Completed: expected("Completed"),
  Failed: expected("Failed"),
  Terminated: expected("Terminated"),
  Canceled: expected("Canceled"),
});
const notTerminal = (status: RuntimeStatus): Expected => ({
  status: 412,
  body: `"Only orchestrations in a terminal state can be purged, but the orchestration with instance ID i1 has status ${status}"`,
});
const purged: Expected = { status: 200, body: '{"instancesDeleted":1}' };
const purgeOne: ByStatus = { ...perStatus(notTerminal), Completed: purged, Failed: purged, Terminated: purged, Canceled: purged };
const wrongState = (operation: string, status: RuntimeStatus): Expected => ({
  status: 500,
  body:
    `{"Message":"Something went wrong while processing your request","ExceptionMessage":"Cannot ${operation} the orchestration instance i1 because ` +
    `instance is in the ${status} state.","ExceptionType":"System.InvalidOperationException","StackTrace":null}`,
});
const suspends: ByStatus = { ...split(empty(202), empty(410)), Suspended: wrongState("suspend", "Suspended") };
const resumes: ByStatus = {
  ...perStatus((status) => wrongState("resume", status)),
  Suspended: empty(202),
  Completed: empty(410),
  Failed: empty(410),
  Terminated: empty(410),
  Canceled: empty(410),
};
const delivered = split(empty(202), empty(410));

const unknownToRestart: Expected = { status: 400, body: '{"Message":"InstanceId does not match a valid orchestration instance."}' };

/** The same answer whatever comes as body and content type. */
const bodyIgnored = (expected: ByStatus) => ({
  happy: expected,
  "bad body": expected,
  "wrong content type": expected,
  "trailing slash": expected,
  "upper-case operation": expected,
  "wrong method": always(empty(404)),
});
const control = (row: string, operation: string, expected: ByStatus, unknown = always(empty(404))): Row => ({
  row,
  method: "POST",
  wrongMethod: "GET",
  path: `/instances/{id}/${operation}`,
  upperCasePath: `/instances/{id}/${operation.toUpperCase()}`,
  template: `/instances/{instanceId}/${operation}`,
  expect: { ...bodyIgnored(expected), "unknown id": unknown },
});

export const ROWS: readonly Row[] = [
  {
    row: "1 start",
    method: "POST",
    wrongMethod: "GET",
    path: "/orchestrators/Hello/{id}",
    upperCasePath: "/ORCHESTRATORS/Hello/{id}",
    template: "/orchestrators/{functionName}/{instanceId}",
    body: '{"a":1}',
    expect: {
      ...bodyIgnored(startConflicts),
      "unknown id": always(accepted("nobody")),
      "bad body": always(badJson),
    },
  },
  {
    row: "2 status",
    method: "GET",
    wrongMethod: "PUT",
    path: "/instances/{id}",
    upperCasePath: "/INSTANCES/{id}",
    template: "/instances/{instanceId}",
    expect: {
      ...bodyIgnored(perStatus((status) => shown(status, `${U}/i1`))),
      "unknown id": always(empty(404)),
      "trailing slash": perStatus((status) => shown(status, `${U}/i1/`)),
      "upper-case operation": perStatus((status) => shown(status, "http://localhost:7071/runtime/webhooks/durabletask/INSTANCES/i1")),
    },
  },
  {
    row: "3 list",
    method: "GET",
    wrongMethod: "POST",
    path: "/instances?instanceIdPrefix={id}",
    upperCasePath: "/INSTANCES?INSTANCEIDPREFIX={id}",
    template: "/instances",
    expect: {
      ...bodyIgnored(perStatus((status) => ({ status: 200, body: `[${statusBody(status)}]` }))),
      "unknown id": always({ status: 200, body: "[]" }),
    },
  },
  {
    row: "4 purge one",
    method: "DELETE",
    wrongMethod: "PATCH",
    path: "/instances/{id}",
    upperCasePath: "/Instances/{id}",
    template: "/instances/{instanceId}",
    expect: { ...bodyIgnored(purgeOne), "unknown id": always(empty(404)) },
  },
  {
    row: "5 purge by filter",
    method: "DELETE",
    wrongMethod: "POST",
    path: "/instances?createdTimeFrom=2020-01-01T00:00:00Z",
    upperCasePath: "/INSTANCES?CREATEDTIMEFROM=2020-01-01T00:00:00Z",
    template: "/instances",
    expect: { ...bodyIgnored(split(empty(404), purged)), "unknown id": split(empty(404), purged) },
  },
  {
    row: "6 raise event",
    method: "POST",
    wrongMethod: "DELETE",
    path: "/instances/{id}/raiseEvent/Go",
    upperCasePath: "/instances/{id}/RAISEEVENT/Go",
    template: "/instances/{instanceId}/raiseEvent/{eventName}",
    body: '"now"',
    expect: {
      ...bodyIgnored(delivered),
      "unknown id": always(empty(404)),
      "bad body": split(badJson, empty(410)),
      "wrong content type": split(notJsonType, empty(410)),
    },
  },
  control("7 terminate", "terminate", delivered),
  control("8 suspend", "suspend", suspends),
  control("9 resume", "resume", resumes),
  control("10 rewind", "rewind", { ...always(empty(412)), Failed: empty(202) }),
  {
    ...control("11 restart", "restart", startConflicts, always(unknownToRestart)),
    path: "/instances/{id}/restart?restartWithNewInstanceId=false",
    upperCasePath: "/instances/{id}/RESTART?RESTARTWITHNEWINSTANCEID=FALSE",
  },
  {
    row: "12 make primary",
    method: "POST",
    wrongMethod: "GET",
    path: "/makeprimary",
    upperCasePath: "/MakePrimary",
    template: "/makeprimary",
    expect: {
      ...bodyIgnored(
        always({ status: 400, body: '{"Message":"Cannot make current app primary. This app is not using the AppLease feature."}' }),
      ),
      "unknown id": always({
        status: 400,
        body: '{"Message":"Cannot make current app primary. This app is not using the AppLease feature."}',
      }),
      // Any method: the row has no wrong one.
      "wrong method": always({
        status: 400,
        body: '{"Message":"Cannot make current app primary. This app is not using the AppLease feature."}',
      }),
    },
  },
  {
    row: "13 entity",
    method: "GET",
    wrongMethod: "PUT",
    path: "/entities/counter/{id}",
    upperCasePath: "/ENTITIES/Counter/{id}",
    template: "/entities/{name}/{key}",
    expect: { ...bodyIgnored(always(empty(404))), "unknown id": always(empty(404)) },
  },
  {
    row: "14 list entities",
    method: "GET",
    wrongMethod: "DELETE",
    path: "/entities/counter",
    upperCasePath: "/ENTITIES/counter",
    template: "/entities/{name}",
    expect: { ...bodyIgnored(always({ status: 200, body: "[]" })), "unknown id": always({ status: 200, body: "[]" }) },
  },
  ...(["POST", "DELETE"] as const).map(
    (method): Row => ({
      row: method === "POST" ? "15 signal entity" : "16 delete entity",
      method,
      wrongMethod: "PUT",
      path: "/entities/counter/{id}?op=add",
      upperCasePath: "/ENTITIES/Counter/{id}?OP=add",
      template: "/entities/{name}/{key}",
      body: '{"a":1}',
      expect: { ...bodyIgnored(always(empty(202))), "unknown id": always(empty(202)), "bad body": always(badJson) },
    }),
  ),
];

const VARIANTS: readonly Variant[] = [
  "happy",
  "unknown id",
  "bad body",
  "wrong content type",
  "wrong method",
  "trailing slash",
  "upper-case operation",
];

/** Row x status x variant, each on a hub that holds one instance `i1` in that status. */
export function managementTableSuite(name: string, statuses: readonly RuntimeStatus[], openHub: () => Promise<TableHub>): void {
  describe(`management table over ${name}`, () => {
    for (const row of ROWS) {
      for (const variant of VARIANTS) {
        it(`${row.row}: ${variant}`, async () => {
          for (const status of statuses) await runCase(row, variant, status, openHub);
        });
      }
    }
  });
}

async function runCase(row: Row, variant: Variant, status: RuntimeStatus, openHub: () => Promise<TableHub>): Promise<void> {
  const hub = await openHub();
  try {
    await hub.seed("i1", status);
    const handler = createHttpHandler(fixtureHub(hub.client, null));
    const { method, request } = requestOf(row, variant);
    const response = await handler(request);
    const body = await response.text();
    const expected = row.expect[variant][status];
    const where = `${row.row}, ${variant}, ${status}: ${method} ${request.url}`;
    assert.equal(response.status, expected.status, `${where}\n${body}`);
    const comparable = body.replaceAll(/"(createdTime|lastUpdatedTime)":"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z"/g, '"$1":"T"');
    if (typeof expected.body === "string") assert.equal(comparable, expected.body, where);
    else assert.match(comparable, expected.body, where);
    for (const [name, value] of Object.entries(expected.headers ?? {}))
      assert.equal(response.headers.get(name), value, `${where}: ${name}`);
    if (variant !== "wrong method") assertDescribed(row.template, method, response, body);
  } finally {
    await hub.close();
  }
}

function requestOf(row: Row, variant: Variant): { readonly method: string; readonly request: Request } {
  const method = variant === "wrong method" ? row.wrongMethod : row.method;
  const template = variant === "upper-case operation" ? row.upperCasePath : row.path;
  const [path = "", search] = template.replaceAll("{id}", variant === "unknown id" ? "nobody" : "i1").split("?");
  const withSlash = variant === "trailing slash" ? `${path}/` : path;
  const url = `${ORIGIN}${BASE}${withSlash}${search === undefined ? "" : `?${search}`}`;
  const body = variant === "bad body" ? "{nonsense" : row.body;
  const contentType = variant === "wrong content type" ? "text/plain" : "application/json";
  const init = method === "GET" || body === undefined ? {} : { body };
  return { method, request: new Request(url, { method, headers: { "Content-Type": contentType }, ...init }) };
}
