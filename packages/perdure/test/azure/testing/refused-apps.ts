import type { AzureFiles } from "./azure-folder.ts";

/** An app that `perdure start` refuses. */
export interface RefusedApp extends AzureFiles {
  readonly what: string;
  readonly code: string;
  /** One whose functions are of Perdure: without host.json. */
  readonly native?: true;
}

const azure = (what: string, code: string, source: string, more: Partial<AzureFiles> = {}): RefusedApp => ({
  ...{
    what,
    code,
    files: {
      "src/a.js": `const { app, input, output } = require("@azure/functions"); const df = require("durable-functions");\n${source}`,
    },
  },
  ...more,
});

const native = (what: string, code: string, source: string): RefusedApp => ({ what, code, native: true, files: { "index.mjs": source } });

const host = (extensions: object) => ({ host: { version: "2.0", extensions } });
const HELLO = `app.get("Hello", () => {});`;
const TWO_ROUTES = `app.get("A", { route: "orders/{id}", handler() {} }); app.http("B", { route: "orders/{name}", handler() {} });`;

/** An app for each reason that is the app's own, by the code of the error. */
export const REFUSED_APPS: readonly RefusedApp[] = [
  azure("two functions with one route", "ROUTE_TAKEN", TWO_ROUTES),
  azure("a route that cannot be read", "ROUTE_INVALID", `app.get("A", { route: "orders/{id", handler() {} });`),
  azure("a cron pattern that is none", "SCHEDULE_INVALID", `app.timer("Tick", { schedule: "0 61 * * * *", handler() {} });`),
  azure("a day that never comes", "SCHEDULE_INVALID", `app.timer("Tick", { schedule: "0 0 0 31 2 *", handler() {} });`),
  azure("a schedule without fields", "APP_UNSUPPORTED", `app.timer("Tick", { schedule: "often", handler() {} });`),
  azure(
    "a timer with a name that cannot be part of an id",
    "FUNCTION_NAME_INVALID",
    `app.timer("${"x".repeat(201)}", { schedule: "0 0 0 1 1 *", handler() {} });`,
  ),
  azure("two names that differ in case", "APP_UNSUPPORTED", `app.get("A", () => {}); df.app.activity("a", { handler() {} });`),
  azure("a trigger that is not supported", "APP_UNSUPPORTED", `app.eventHub("Hub", { connection: "C", eventHubName: "h", handler() {} });`),
  azure(
    "a trigger without a connection",
    "CONNECTION_MISSING",
    `app.storageQueue("Q", { queueName: "q", connection: "C", handler() {} });`,
  ),
  azure(
    "an output without a connection",
    "CONNECTION_MISSING",
    `app.get("Out", { return: output.storageQueue({ queueName: "q", connection: "C" }), handler() {} });`,
  ),
  azure("a queue without a name", "BINDING_UNUSABLE", `app.storageQueue("Q", { queueName: "", connection: "C", handler() {} });`, {
    local: { Values: { C: "UseDevelopmentStorage=true" } },
  }),
  azure(
    "an input without a path",
    "BINDING_UNUSABLE",
    `app.get("In", { extraInputs: [input.storageBlob({ connection: "C" })], handler() {} });`,
    { local: { Values: { C: "UseDevelopmentStorage=true" } } },
  ),
  azure(
    "a connection string that cannot be read",
    "BINDING_UNUSABLE",
    `app.storageQueue("Q", { queueName: "q", connection: "C", handler() {} });`,
    { local: { Values: { C: "nonsense" } } },
  ),
  azure("a setting that is missing", "SETTING_MISSING", `app.get("A", { route: "%No%", handler() {} });`),
  azure("a default version that is too long", "VERSION_INVALID", HELLO, host({ durableTask: { defaultVersion: "1".repeat(257) } })),
  azure("a value that a setting cannot have", "SETTING_INVALID", HELLO, host({ durableTask: { maxConcurrentActivityFunctions: 0 } })),
  azure("an origin that is none", "OPTION_INVALID", HELLO, { local: { Host: { CORS: "app.example" } } }),
  azure("settings that are encrypted", "SETTINGS_UNREADABLE", HELLO, { local: { IsEncrypted: true } }),
  azure("a file that throws", "APP_IMPORT_FAILED", `throw new Error("on purpose");`),
  azure("a build that fails", "APP_NOT_BUILT", HELLO, { manifest: { main: "dist/*.js", scripts: { build: "exit 3" } } }),
  azure("functions of the v3 model", "APP_UNSUPPORTED", HELLO, {
    files: { "Hello/function.json": "{}", "Hello/index.js": "" },
    manifest: { main: undefined },
  }),
  azure("an orchestrator that is an async function", "APP_UNSUPPORTED", `df.app.orchestration("O", async () => {});`),
  native("code for Azure, and without host.json", "HOST_JSON_MISSING", `import { app } from "@azure/functions"; app.get("A", () => {});`),
  native(
    "two functions with one name",
    "FUNCTION_NAME_DUPLICATE",
    `export const a = activity("A", () => {}); export const b = orchestrator("a", async () => {});`,
  ),
  native(
    "two functions with one route",
    "ROUTE_TAKEN",
    `export const a = http("A", { route: "x" }, () => {}); export const b = http("B", { route: "X" }, () => {});`,
  ),
  native("a schedule that cannot be", "SCHEDULE_INVALID", `export const tick = timer("Tick", "61 * * * *", () => {});`),
  native("a second httpCalls", "FUNCTION_INVALID", `export const a = httpCalls({}); export const b = httpCalls({});`),
  native("nothing", "APP_EMPTY", "export const a = 1;"),
];

/** Why no app is refused with the other codes of configuration, before it runs, for a reason of its own. */
export const OF_SOMETHING_ELSE: { readonly [code: string]: string } = {
  OPTION_UNKNOWN: "the command line",
  OPTION_MISSING: "the command line",
  COMMAND_UNKNOWN: "the command line",
  ARGUMENTS_WRONG: "the command line",
  STORE_URL_INVALID: "the command line",
  STORE_NOT_SHARED: "the command line",
  STORE_MISSING: "the store",
  STORE_DRIVER_MISSING: "the store",
  STORE_NOT_EMPTY: "the store",
  STORE_IN_USE: "the store",
  BACKUP_BY_SERVER: "the store",
  EXPORT_INVALID: "a file of another command",
  IMPORT_INVALID: "a file of another command",
  FILE_NOT_WRITTEN: "a file of another command",
  APP_FOLDER_NOT_EMPTY: "perdure init",
  APP_NOT_FOUND: "there is no app",
  KEY_REQUIRED: "the address",
  ADDRESS_IN_USE: "the address",
  ADDRESS_UNUSABLE: "the address",
  BODY_ALREADY_READ: "a request",
  THREAD_FILE_MISSING: "how Perdure was installed",
  THREAD_OTHER_RELEASE: "how Perdure was installed",
  RUNTIME_UNSUPPORTED: "the runtime",
  NODE_TOO_OLD: "the runtime",
  WORKERS_NOT_STARTED: "its workers, which say more",
  AZURE_CLIENT_MISSING: "not to be had here, where the clients are beside Perdure",
  COMPILER_MISSING: "not to be had here, where the compiler is beside Perdure",
};
