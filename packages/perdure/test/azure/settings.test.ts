import assert from "node:assert/strict";
import { test } from "node:test";
import { readAzureApp } from "../../src/azure/azure-app.ts";
import { readAzureSettings } from "../../src/azure/settings/azure-settings.ts";
import type { HostKeyName } from "../../src/azure/settings/host-keys.ts";
import { HOST_KEYS } from "../../src/azure/settings/host-keys.ts";
import { httpSettings } from "../../src/azure/settings/http-settings.ts";
import { parseJsonWithComments } from "../../src/azure/settings/json-with-comments.ts";
import { parseTimeSpan } from "../../src/azure/settings/setting-values.ts";
import { Folder } from "../../src/cli/testing/spawn-cli.ts";
import { azureFolder } from "./testing/azure-folder.ts";

interface Given {
  readonly host?: unknown;
  readonly local?: unknown;
  readonly environment?: { readonly [name: string]: string };
}

function read({ host = { version: "2.0" }, local, environment = {} }: Given) {
  using folder = new Folder();
  folder.write("host.json", typeof host === "string" ? host : JSON.stringify(host));
  if (local !== undefined) folder.write("local.settings.json", typeof local === "string" ? local : JSON.stringify(local));
  return readAzureSettings({ folder: folder.path, environment, hostName: ({ port }) => `localhost:${port ?? 7071}` });
}

const durable = (settings: object) => ({ version: "2.0", extensions: { durableTask: settings } });

for (const [name, given, expected] of [
  ["extensions.durableTask.hubName", { hubName: "MyHub" }, "MyHub"],
  ["extensions.durableTask.maxConcurrentActivityFunctions", { maxConcurrentActivityFunctions: 12 }, 12],
  ["extensions.durableTask.maxConcurrentActivityFunctions", { maxConcurrentActivityFunctions: "12" }, 12],
  ["extensions.durableTask.extendedSessionsEnabled", { extendedSessionsEnabled: false }, false],
  ["extensions.durableTask.versionFailureStrategy", { versionFailureStrategy: "fail" }, "Fail"],
  ["extensions.durableTask.versionMatchStrategy", { versionMatchStrategy: "Strict" }, "Strict"],
  ["extensions.durableTask.httpSettings.useForwardedHost", { httpSettings: { useForwardedHost: true } }, true],
  ["extensions.durableTask.overridableExistingInstanceStates", { overridableExistingInstanceStates: "anystate" }, "AnyState"],
  ["extensions.durableTask.extendedSessionIdleTimeoutInSeconds", { extendedSessionIdleTimeoutInSeconds: 5 }, 5],
  ["extensions.durableTask.hubName", { HubName: "OtherCase" }, "OtherCase"],
] as const satisfies readonly (readonly [HostKeyName, object, unknown])[]) {
  test(`host.json: ${JSON.stringify(given)} is ${JSON.stringify(expected)}`, () => {
    const { host, warnings } = read({ host: durable(given) });
    assert.equal(host.get(name), expected);
    assert.deepEqual(warnings, []);
  });
}

for (const [what, host, message] of [
  [
    "a count below 1",
    durable({ maxConcurrentActivityFunctions: 0 }),
    /maxConcurrentActivityFunctions" is "0"; expected a whole number from 1\./,
  ],
  ["a strategy that does not exist", durable({ versionMatchStrategy: "Newest" }), /expected one of None, Strict, CurrentOrOlder/],
  [
    "a timeout of nothing",
    { version: "2.0", functionTimeout: "00:00:00" },
    /functionTimeout" is "00:00:00"; expected a time from one second/,
  ],
  ["another version of the file", { version: "1.0" }, /"version" is "1\.0"; expected "2\.0"/],
  ["a level that does not exist", { version: "2.0", logging: { logLevel: { default: "Loud" } } }, /logging\.logLevel\.default" is "Loud"/],
  [
    "a list in place of a name",
    durable({ hubName: "%No%" }),
    /There is no setting "No", which "extensions\.durableTask\.hubName" of host\.json/,
  ],
] as const) {
  test(`host.json: ${what} is an error that names key and value`, () => {
    assert.throws(() => read({ host }), message);
  });
}

/** Every key of the pages of host.json and of the schema that editors use. */
const DOCUMENTED: { readonly [key: string]: readonly string[] } = {
  "": ["version", "functionTimeout", "functions", "watchDirectories", "watchFiles", "telemetryMode", "$schema"],
  aggregator: ["batchSize", "flushTimeout"],
  concurrency: ["dynamicConcurrencyEnabled", "snapshotPersistenceEnabled"],
  customHandler: ["description", "enableForwardingHttpRequest"],
  extensionBundle: ["id", "version"],
  healthMonitor: ["enabled", "healthCheckInterval", "healthCheckWindow", "healthCheckThreshold", "counterThreshold"],
  logging: ["fileLoggingMode", "logLevel.default", "console.isEnabled", "applicationInsights.samplingSettings.isEnabled"],
  managedDependency: ["enabled"],
  retry: ["strategy", "maxRetryCount", "delayInterval"],
  singleton: ["lockPeriod", "listenerLockPeriod", "lockAcquisitionTimeout"],
  "extensions.http": [
    ...["routePrefix", "maxOutstandingRequests", "maxConcurrentRequests", "dynamicThrottlesEnabled", "customHeaders.X-Own"],
    ...["hsts.isEnabled", "hsts.maxAge", "hsts.includeSubDomains", "hsts.preload", "hsts.excludedHosts"],
  ],
  "extensions.queues": ["batchSize", "newBatchThreshold", "maxDequeueCount", "visibilityTimeout", "maxPollingInterval", "messageEncoding"],
  "extensions.blobs": ["maxDegreeOfParallelism", "poisonBlobThreshold"],
  "extensions.serviceBus": [
    ...["prefetchCount", "autoCompleteMessages", "maxAutoLockRenewalDuration", "maxConcurrentCalls", "maxConcurrentSessions"],
    ...["maxMessageBatchSize", "minMessageBatchSize", "maxBatchWaitTime", "sessionIdleTimeout", "transportType"],
    ...["enableCrossEntityTransactions", "maxConcurrentCallsPerSession", "clientRetryOptions.mode"],
  ],
  "extensions.durableTask": [
    ...["hubName", "defaultVersion", "versionMatchStrategy", "versionFailureStrategy", "maxConcurrentActivityFunctions"],
    ...["maxConcurrentOrchestratorFunctions", "maxConcurrentEntityFunctions", "maxEntityOperationBatchSize", "maxOrchestrationActions"],
    ...["extendedSessionsEnabled", "extendedSessionIdleTimeoutInSeconds", "overridableExistingInstanceStates", "useGracefulShutdown"],
    ...["entityMessageReorderWindowInMinutes", "rollbackEntityOperationsOnExceptions", "throwStatusExceptionsOnRaiseEvent"],
    ...["storeInputsInOrchestrationHistory", "useAppLease", "appLeaseOptions.renewInterval", "localRpcEndpointEnabled"],
    ...["maxGrpcMessageSizeInBytes", "grpcHttpClientTimeout", "httpSettings.useForwardedHost", "tracing.version"],
    ...["httpSettings.defaultAsyncRequestSleepTimeMilliseconds", "notifications.eventGrid.topicEndpoint", "storageProvider.partitionCount"],
    ...["largePayloadStorageEnabled", "largePayloadStorageThresholdBytes"],
  ],
};

test("host.json: every documented key has an effect, or a reason why it has none", () => {
  const names = Object.keys(HOST_KEYS).map((name) => name.toLowerCase());
  const isKnown = (key: string) =>
    names.some((name) => (name.endsWith(".*") ? key.toLowerCase().startsWith(name.slice(0, -1)) : name === key.toLowerCase()));
  const keys = Object.entries(DOCUMENTED).flatMap(([above, below]) => below.map((key) => (above === "" ? key : `${above}.${key}`)));
  assert.deepEqual(
    keys.filter((key) => !isKnown(key)),
    [],
  );
});

for (const [what, http, expected] of [
  ["nothing", {}, { headers: [], hsts: null, limits: { concurrent: null, outstanding: null } }],
  [
    "headers and limits",
    { customHeaders: { "X-Content-Type-Options": "nosniff" }, maxConcurrentRequests: 2, maxOutstandingRequests: "-1" },
    { headers: [["X-Content-Type-Options", "nosniff"]], hsts: null, limits: { concurrent: 2, outstanding: null } },
  ],
  ["hsts that is off", { hsts: { isEnabled: false, maxAge: "10" } }, { headers: [], hsts: null }],
  [
    "hsts with all it has",
    { hsts: { isEnabled: true, maxAge: "10", includeSubDomains: true, preload: true, excludedHosts: ["In.Example"] } },
    {
      hsts: {
        value: "max-age=864000; includeSubDomains; preload",
        excludedHosts: ["localhost", "127.0.0.1", "[::1]", "in.example"],
      },
    },
  ],
] as const) {
  test(`host.json, extensions.http: ${what}`, () => {
    const { host, warnings } = read({ host: { version: "2.0", extensions: { http } } });
    assert.partialDeepStrictEqual(httpSettings(host), expected);
    assert.deepEqual(warnings, []);
  });
}

for (const [given, engine, keepsCursors, onExisting] of [
  [{}, {}, true, "error"],
  [{ extendedSessionIdleTimeoutInSeconds: 5, overridableExistingInstanceStates: "AnyState" }, { idleReleaseMs: 5_000 }, true, "replace"],
  [{ extendedSessionIdleTimeoutInSeconds: 5, extendedSessionsEnabled: true }, { idleReleaseMs: 5_000 }, true, "error"],
  [{ extendedSessionIdleTimeoutInSeconds: 5, extendedSessionsEnabled: false }, {}, false, "error"],
] as const) {
  test(`host.json: what the engine and HTTP are told for ${JSON.stringify(given)}`, () => {
    using folder = azureFolder({ files: {}, host: durable(given) });
    const app = readAzureApp(folder.path, { environment: {}, port: null });
    assert.deepEqual([app.engine, app.guest.keepsCursors, app.http.onExisting], [engine, keepsCursors, onExisting]);
  });
}

test("a header that no answer can have is an error that names it", () => {
  const { host } = read({ host: { version: "2.0", extensions: { http: { customHeaders: { "no header": "x" } } } } });
  assert.throws(() => httpSettings(host), /"extensions\.http\.customHeaders\.no header" is "x"; expected a header of HTTP/);
});

test("an unknown key is one warning with the nearest known one, and never an error", () => {
  const { warnings } = read({ host: durable({ maxConcurentActivityFunctions: 4, somethingElseAltogether: { deep: [1] } }) });
  assert.deepEqual(warnings, [
    'host.json: "extensions.durableTask.maxConcurentActivityFunctions" is not a known setting; did you mean "extensions.durableTask.maxConcurrentActivityFunctions"? It has no effect.',
    'host.json: "extensions.durableTask.somethingElseAltogether.deep" is not a known setting. It has no effect.',
  ]);
});

test("what has no effect here is known, said with its reason, and its value is not looked at", () => {
  const { host, warnings } = read({ host: durable({ storageProvider: { partitionCount: -3, type: "mssql" } }) });
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    host.given.filter(({ use }) => use === "ignored").map(({ key }) => key),
    ["extensions.durableTask.storageProvider.partitionCount", "extensions.durableTask.storageProvider.type"],
  );
});

test("the environment wins over Values, and AzureFunctionsJobHost__ over host.json", () => {
  const { host, environment } = read({
    host: durable({ hubName: "FromFile" }),
    local: { Values: { A: "values", B: "values" } },
    environment: { A: "process", AzureFunctionsJobHost__extensions__durableTask__hubName: "FromEnvironment" },
  });
  assert.equal(host.get("extensions.durableTask.hubName"), "FromEnvironment");
  assert.deepEqual([environment.A, environment.B], ["process", "values"]);
});

test("Values too may override host.json, and %NAME% is replaced whatever its case", () => {
  const { host } = read({ host: durable({ hubName: "x%hubname%y" }), local: { Values: { HubName: "Mine" } } });
  assert.equal(host.get("extensions.durableTask.hubName"), "xMiney");
});

test("comments, a byte-order mark and a comma before a bracket are legal; text in strings stays", () => {
  const text = '\uFEFF{ // one\n "a": "no // comment", /* two\n lines */ "b": [1, 2, /* last */ ], "c": "\\"/*",\n}';
  assert.deepEqual(parseJsonWithComments(text), { a: "no // comment", b: [1, 2], c: '"/*' });
  assert.throws(() => parseJsonWithComments("{ a: 1 }"), SyntaxError);
});

test("local.settings.json: port, origins, connection strings and the host's own variables", () => {
  const { local, environment, given, warnings } = read({
    local: {
      IsEncrypted: false,
      Values: { Number: 5, Flag: true },
      Host: { LocalHttpPort: 7300, CORS: "https://a.example, https://b.example", CORSCredentials: true },
      ConnectionStrings: { Db: "plain", Other: { ConnectionString: "inner", ProviderName: "x" } },
    },
  });
  assert.deepEqual([local.port, local.corsOrigins, local.corsCredentials], [7300, ["https://a.example", "https://b.example"], true]);
  assert.deepEqual(
    given.flatMap(({ source, key, effect }) => (source === "local.settings.json" ? [[key, effect]] : [])),
    [
      ["Host.LocalHttpPort", "as --port"],
      ["Host.CORS", "as --cors"],
      ["Host.CORSCredentials", "as --cors-credentials"],
    ],
  );
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    [environment.Number, environment.Flag, environment["ConnectionStrings:Db"], environment["ConnectionStrings:Other"]],
    ["5", "true", "plain", "inner"],
  );
  assert.deepEqual(
    [environment.WEBSITE_HOSTNAME, environment.FUNCTIONS_WORKER_RUNTIME, environment.AZURE_FUNCTIONS_ENVIRONMENT],
    ["localhost:7300", "node", "Development"],
  );
});

for (const [what, local, message] of [
  ["encrypted", { IsEncrypted: true, Values: {} }, /it is encrypted.*func settings decrypt/],
  ["no JSON", "{ Values }", /local\.settings\.json" cannot be used: it is not valid JSON/],
  ["a list", "[]", /it does not hold an object/],
  ["an object as a value", { Values: { A: { b: 1 } } }, /"Values" has "A", which is not a text/],
  [
    "cookies for every page of the world",
    { Host: { CORS: "*", CORSCredentials: true } },
    /Host\.CORSCredentials" is "true"; expected false while "Host\.CORS" is "\*"/,
  ],
  ["an impossible port", { Host: { LocalHttpPort: 70_000 } }, /Host\.LocalHttpPort" is "70000"; expected a whole number from 0 to 65535/],
] as const) {
  test(`local.settings.json: ${what} is refused in words`, () => {
    assert.throws(() => read({ local }), message);
  });
}

test("an unknown key of local.settings.json is a warning", () => {
  assert.deepEqual(read({ local: { Value: {}, Host: { cors: "*", CORSCredential: true } } }).warnings, [
    'local.settings.json: "Value" is not a known setting; did you mean "Values"? It has no effect.',
    'local.settings.json: "Host.CORSCredential" is not a known setting; did you mean "Host.CORSCredentials"? It has no effect.',
  ]);
});

test("functions are disabled by settings, on Linux with underscores", () => {
  const { disabled } = read({
    local: { Values: { "AzureWebJobs.One.Disabled": "true", "AzureWebJobs.Two.Disabled": "false" } },
    environment: { AzureWebJobs_Three_Disabled: "1" },
  });
  assert.deepEqual(disabled, ["One", "Three"]);
});

for (const [text, ms] of [
  ["00:05:00", 300_000],
  ["1.02:03:04", 93_784_000],
  ["00:00:01.5", 1_500],
  ["10", 864_000_000],
  ["00:99:00", null],
  ["five minutes", null],
] as const) {
  test(`a TimeSpan "${text}" has ${ms} ms`, () => {
    assert.equal(parseTimeSpan(text), ms);
  });
}

test("a folder with host.json and no package.json is told what to write", () => {
  using folder = new Folder();
  folder.write("host.json", "{}");
  assert.throws(() => readAzureApp(folder.path, { environment: {}, port: null }), {
    code: "APP_IMPORT_FAILED",
    message:
      /package\.json" cannot be loaded: there is a host\.json, and it is not beside it\. Write one there, whose "main" names the files/,
  });
});

test("functionTimeout -1 is no limit", () => {
  assert.deepEqual(read({ host: { version: "2.0", functionTimeout: "-1" } }).host.get("functionTimeout"), { ms: null });
});
