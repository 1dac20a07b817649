import type { SettingKind } from "./setting-values.ts";
import { anyText, limit, listOfTexts, oneOf, timeout, timeSpan, trueOrFalse, whole } from "./setting-values.ts";

/** A key of host.json: what it may be, and what it does here. One with `ignored` has no effect, and the text says why. */
export interface HostKey<T> extends SettingKind<T> {
  readonly effect: string;
  readonly ignored: boolean;
}

const used = <T>(kind: SettingKind<T>, effect: string): HostKey<T> => ({ ...kind, effect, ignored: false });
const ignored = (why: string): HostKey<string> => ({ expected: "anything", parse: (text) => text, effect: why, ignored: true });

const NO_STORAGE = "the store is chosen by --store; there are no partitions, control queues and leases of blobs";
const TRACES = "traces are asked for with --otlp, or OTEL_EXPORTER_OTLP_ENDPOINT (docs/guides/tracing.md)";
const WHERE_LINES_GO = "where lines go is for the process that runs the host";
const LEVELS = oneOf("Trace", "Debug", "Information", "Warning", "Error", "Critical", "None");

/**
 * Every key of host.json that is known, without case. A name that ends with `.*` stands for all below it. What is not here is a warning, never an error: the app
 * runs elsewhere as it is.
 */
export const HOST_KEYS = {
  version: used({ expected: '"2.0"', parse: (text) => (text.trim() === "2.0" ? text : null) }, "checked"),
  functionTimeout: used(
    timeout,
    "limit of one call of a function, its answer included (default 30 minutes); a thread that is held for longer is ended, by an orchestrator after a minute",
  ),
  "logging.logLevel.*": used(LEVELS, "least level of a category that is logged"),
  "extensions.http.routePrefix": used(
    { expected: 'a path such as "api", or ""', parse: (text) => (/^[\w./~-]*$/.test(text) ? text : null) },
    "first segment of the paths of HTTP functions",
  ),
  "extensions.durableTask.hubName": used(anyText, "name of the task hub in URLs, unless --task-hub"),
  "extensions.durableTask.maxConcurrentActivityFunctions": used(whole(1), "activities that run at once in each worker"),
  "extensions.durableTask.maxConcurrentEntityFunctions": ignored(
    "entities of a thread follow each other, a few microseconds each; those in memory are limited by --max-owned-instances",
  ),
  "extensions.durableTask.maxOrchestrationActions": used(whole(1), "most actions of one execution of an orchestrator"),
  "extensions.durableTask.maxEntityOperationBatchSize": ignored("operations reach the library one by one, and are committed together"),
  "extensions.durableTask.extendedSessionsEnabled": used(trueOrFalse, "false: no orchestrator stays in memory between its episodes"),
  "extensions.durableTask.extendedSessionIdleTimeoutInSeconds": used(
    whole(1, 2_000_000),
    "an instance that waits for this long leaves the memory (default 10 s); unless extendedSessionsEnabled is false",
  ),
  "extensions.durableTask.overridableExistingInstanceStates": used(
    oneOf("NonRunningStates", "AnyState"),
    "AnyState: a start under the id of an instance that has not ended terminates that one and takes its place",
  ),
  "extensions.durableTask.defaultVersion": used(anyText, "version of new instances, unless --default-version"),
  "extensions.durableTask.versionMatchStrategy": used(
    oneOf("None", "Strict", "CurrentOrOlder"),
    "versions that are run, unless --version-match-strategy",
  ),
  "extensions.durableTask.versionFailureStrategy": used(
    oneOf("Reject", "Fail"),
    "what becomes of others, unless --version-failure-strategy",
  ),
  "extensions.durableTask.httpSettings.useForwardedHost": used(trueOrFalse, "X-Forwarded-Host and -Proto are trusted, as --forwarded-host"),
  "extensions.durableTask.httpSettings.defaultAsyncRequestSleepTimeMilliseconds": used(
    whole(0),
    "pause of callHttp between two polls (default 30000)",
  ),
  "extensions.durableTask.entityMessageReorderWindowInMinutes": ignored("messages between instances arrive in order, and once"),
  "extensions.durableTask.rollbackEntityOperationsOnExceptions": ignored("the JavaScript library does not roll back either"),
  "extensions.durableTask.throwStatusExceptionsOnRaiseEvent": ignored("an event to an instance that has ended is answered 410"),
  "extensions.durableTask.storeInputsInOrchestrationHistory": ignored("inputs of activities are always in the history"),
  "extensions.durableTask.maxConcurrentOrchestratorFunctions": ignored(
    "orchestrators of a thread follow each other, a few microseconds each; those in memory are limited by --max-owned-instances",
  ),
  "extensions.durableTask.useGracefulShutdown": ignored("a stop always drains, for --drain-timeout"),
  "extensions.durableTask.useAppLease": ignored("workers share a store; each instance is owned by one of them"),
  "extensions.durableTask.appLeaseOptions.*": ignored("workers share a store; each instance is owned by one of them"),
  "extensions.durableTask.localRpcEndpointEnabled": ignored("the library needs it, so it is there"),
  "extensions.durableTask.maxGrpcMessageSizeInBytes": ignored("there is no gRPC"),
  "extensions.durableTask.grpcHttpClientTimeout": ignored("there is no gRPC"),
  "extensions.durableTask.largePayloadStorageEnabled": ignored("large payloads are part of the store"),
  "extensions.durableTask.largePayloadStorageThresholdBytes": ignored("large payloads are part of the store"),
  "extensions.durableTask.storageProvider.*": ignored(NO_STORAGE),
  "extensions.durableTask.tracing.*": ignored(TRACES),
  "extensions.durableTask.notifications.*": ignored("there is no Event Grid"),
  "extensions.http.maxOutstandingRequests": used(
    limit,
    "requests to functions that run or wait; others are answered 429 (default no limit)",
  ),
  "extensions.http.maxConcurrentRequests": used(limit, "requests to functions that run at once; others wait (default no limit)"),
  "extensions.http.dynamicThrottlesEnabled": ignored("the counters of the machine are not watched; maxOutstandingRequests is a limit"),
  "extensions.http.enableChunkedRequestBinding": ignored("bodies without a length are taken as all others"),
  "extensions.http.customHeaders.*": used(anyText, "added to every answer that has no such header"),
  "extensions.http.hsts.isEnabled": used(
    trueOrFalse,
    "true: Strict-Transport-Security, for callers that came by HTTPS through a proxy (--forwarded-host)",
  ),
  "extensions.http.hsts.maxAge": used(timeSpan(), "its max-age (default 30 days)"),
  "extensions.http.hsts.includeSubDomains": used(trueOrFalse, "its includeSubDomains"),
  "extensions.http.hsts.preload": used(trueOrFalse, "its preload"),
  "extensions.http.hsts.excludedHosts": used(listOfTexts, "hosts that never get it, beside those of this machine"),
  "extensions.queues.batchSize": used(whole(1, 32), "messages of a queue that are taken at once (default 16)"),
  "extensions.queues.newBatchThreshold": used(
    whole(0),
    "more are taken when no more than this many are in work (default half of batchSize)",
  ),
  "extensions.queues.maxDequeueCount": used(whole(1), "attempts before a message goes to the poison queue (default 5)"),
  "extensions.queues.visibilityTimeout": used(timeSpan(), "pause before a message whose function failed comes again (default none)"),
  "extensions.queues.maxPollingInterval": used(timeSpan(100), "longest pause between two looks at an empty queue (default one minute)"),
  "extensions.queues.messageEncoding": used(oneOf("base64", "none"), "how texts are written in queues (default base64)"),
  "extensions.blobs.maxDegreeOfParallelism": used(whole(1), "blobs that are in work at once in each worker (default 8)"),
  "extensions.blobs.poisonBlobThreshold": used(whole(1), "attempts before a blob is poison (default 5)"),
  "extensions.serviceBus.maxConcurrentCalls": used(whole(1), "messages that are in work at once in each worker (default 16)"),
  "extensions.serviceBus.maxConcurrentSessions": used(whole(1), "sessions that a worker has at once (default 8)"),
  "extensions.serviceBus.autoCompleteMessages": used(trueOrFalse, "false: a message whose function succeeded is not completed"),
  "extensions.serviceBus.maxAutoLockRenewalDuration": used(timeSpan(), "locks are renewed for this long (default 5 minutes)"),
  "extensions.serviceBus.maxMessageBatchSize": used(whole(1), "messages of one call of a function that takes many (default 1000)"),
  "extensions.serviceBus.sessionIdleTimeout": used(timeSpan(1_000), "a session without messages is given back (default one minute)"),
  "extensions.serviceBus.prefetchCount": ignored("messages are taken when there is room for them"),
  "extensions.serviceBus.minMessageBatchSize": ignored("a batch is what is there"),
  "extensions.serviceBus.maxBatchWaitTime": ignored("a batch is what is there"),
  "extensions.serviceBus.maxConcurrentCallsPerSession": ignored("the messages of a session are handled one after another"),
  "extensions.serviceBus.enableCrossEntityTransactions": ignored("a function has no transaction with the broker"),
  "extensions.serviceBus.messageHandlerOptions.*": ignored("of version 4 of the extension; maxConcurrentCalls and others take their place"),
  "extensions.serviceBus.sessionHandlerOptions.*": ignored(
    "of version 4 of the extension; maxConcurrentSessions and others take their place",
  ),
  "extensions.serviceBus.batchOptions.*": ignored("of version 4 of the extension; maxMessageBatchSize takes its place"),
  "extensions.serviceBus.transportType": ignored("the client speaks AMQP over TCP"),
  "extensions.serviceBus.clientRetryOptions.*": ignored("the defaults of the client hold; what is away is tried for ever"),
  "extensions.eventHubs.*": ignored("there are no Event Hubs triggers"),
  "extensions.cosmosDB.*": ignored("there are no Cosmos DB triggers"),
  "extensions.sendGrid.*": ignored("there is no SendGrid binding"),
  "extensions.signalR.*": ignored("there is no SignalR binding"),
  "extensions.eventGrid.*": ignored("there are no Event Grid triggers"),
  "extensions.kafka.*": ignored("there are no Kafka triggers"),
  "extensions.rabbitMQ.*": ignored("there are no RabbitMQ triggers"),
  "extensions.sql.*": ignored("there are no SQL triggers"),
  "extensions.mcp.*": ignored("there are no MCP triggers"),
  "extensions.dapr.*": ignored("there are no Dapr triggers"),
  "extensions.tables.*": ignored("there is no binding to tables"),
  "logging.fileLoggingMode": ignored(WHERE_LINES_GO),
  "logging.console.*": ignored(WHERE_LINES_GO),
  "logging.debug.*": ignored(WHERE_LINES_GO),
  "logging.eventLog.*": ignored(WHERE_LINES_GO),
  "logging.eventSource.*": ignored(WHERE_LINES_GO),
  "logging.applicationInsights.*": ignored("there is no Application Insights"),
  "extensionBundle.*": ignored("the bindings are part of Perdure"),
  "concurrency.*": ignored("limits are those of each function and worker"),
  "customHandler.*": ignored("apps of Node only"),
  "healthMonitor.*": ignored("/healthz and /readyz say it"),
  "managedDependency.*": ignored("apps of Node only"),
  "httpWorker.*": ignored("apps of Node only"),
  "openTelemetry.*": ignored(TRACES),
  "retry.*": ignored("retry policies are those of each function"),
  "scale.*": ignored("workers are as many as --workers says"),
  sendCanceledInvocationsToWorker: ignored("what has not begun when the host stops is begun by another worker"),
  "singleton.*": ignored("what must run once is an orchestration"),
  telemetryMode: ignored(TRACES),
  "aggregator.*": ignored("there is no Application Insights"),
  functions: used(listOfTexts, "functions that are loaded; an empty list means all"),
  watchDirectories: ignored("perdure start does not watch files"),
  watchFiles: ignored("perdure start does not watch files"),
  $schema: ignored("for editors"),
} as const;

export type HostKeyName = keyof typeof HOST_KEYS;

export type HostValue<Name extends HostKeyName> = (typeof HOST_KEYS)[Name] extends HostKey<infer T> ? T : never;
