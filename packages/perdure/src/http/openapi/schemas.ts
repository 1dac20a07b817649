const nullable = (type: string) => ({ type: [type, "null"] });
const anyJson = (description: string) => ({ description });
const time = (description: string) => ({ type: "string", format: "date-time", description });
const uri = (description: string) => ({ type: "string", description });

const closed = (properties: { readonly [name: string]: unknown }, optional: readonly string[] = []) => ({
  type: "object",
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});

const FAILURE_DETAILS = closed({
  ErrorType: { type: "string" },
  ErrorMessage: { type: "string" },
  StackTrace: nullable("string"),
  InnerFailure: { anyOf: [{ $ref: "#/components/schemas/FailureDetails" }, { type: "null" }] },
  IsNonRetriable: { type: "boolean" },
  Properties: { type: ["object", "null"], description: "Own fields of the error." },
});

const failureDetails = { $ref: "#/components/schemas/FailureDetails" };
const input = { ...nullable("string"), description: "JSON text; left out with showInput=false." };
const result = anyJson("Only with showHistoryOutput=true.");
const functionName = { type: "string" };
const scheduled = { ScheduledTime: time("When the call was scheduled."), FunctionName: functionName, Input: input };
const event = (eventType: string, fields: { readonly [name: string]: unknown }, optional: readonly string[] = []) =>
  closed({ EventType: { const: eventType }, Timestamp: time("When it was recorded."), ...fields, ...PLACES }, [
    ...optional,
    ...Object.keys(PLACES),
  ]);
const detail = (type: string | readonly string[], what: string) => ({
  type,
  description: `${what} Only with showDetails=true. Not in Azure.`,
});
const PLACES = {
  Position: detail("integer", "In the whole history, from 1."),
  Episode: detail("integer", "In which it was recorded, from 1."),
  EventId: detail(["integer", "null"], "Of the call, timer or message that it is about."),
};
const RAN = {
  RanMilliseconds: detail("integer", "How long the attempt ran."),
  Worker: detail("integer", "Which ran it."),
};
const failed = { Reason: { type: "string" }, Details: { type: "string" }, FailureDetails: failureDetails, ...scheduled };

/** A completion whose scheduled event is missing does not occur; the fields of both always stand together. */
const HISTORY_EVENT = {
  oneOf: [
    event("ExecutionStarted", { Input: input, FunctionName: functionName }, ["Input"]),
    event(
      "ExecutionCompleted",
      {
        OrchestrationStatus: { enum: ["Completed", "Failed", "Terminated", "Canceled", "ContinuedAsNew"] },
        Result: result,
        FailureDetails: failureDetails,
      },
      ["Result", "FailureDetails"],
    ),
    event("ExecutionTerminated", { Input: { ...nullable("string"), description: "The reason." } }, ["Input"]),
    event("ExecutionSuspended", { Reason: nullable("string") }),
    event("ExecutionResumed", { Reason: nullable("string") }),
    event("TaskScheduled", { Name: functionName, Input: input }, ["Input"]),
    event("TaskCompleted", { Result: result, ...scheduled, ...RAN }, ["Result", "Input", ...Object.keys(RAN)]),
    event("TaskFailed", { ...failed, ...RAN }, ["Input", ...Object.keys(RAN)]),
    event("SubOrchestrationInstanceCreated", { Name: functionName, InstanceId: { type: "string" }, Input: input }, ["Input"]),
    event("SubOrchestrationInstanceCompleted", { Result: result, ...scheduled }, ["Result", "Input"]),
    event("SubOrchestrationInstanceFailed", failed, ["Input"]),
    event("TimerCreated", { FireAt: time("When it is due.") }),
    event("TimerFired", { FireAt: time("When it was due.") }),
    event("EventRaised", { Name: { type: "string" }, Input: input }, ["Input"]),
    event("EventSent", { InstanceId: { type: "string" }, Name: { type: "string" }, Input: input }, ["Input"]),
    event("ContinueAsNew", { Result: result }, ["Result"]),
  ],
};

const STATUS = closed(
  {
    name: { type: "string", description: "Name of the orchestrator function." },
    instanceId: { type: "string" },
    runtimeStatus: { enum: ["Pending", "Running", "Suspended", "ContinuedAsNew", "Completed", "Failed", "Terminated", "Canceled"] },
    input: anyJson("Input of the orchestration; null when there is none, or with showInput=false."),
    customStatus: anyJson("What the orchestrator set last, or null."),
    output: anyJson("Result; the failure's text for Failed, the reason for Terminated."),
    createdTime: time("Whole seconds."),
    lastUpdatedTime: time("Whole seconds."),
    historyEvents: { type: "array", items: { $ref: "#/components/schemas/HistoryEvent" } },
    version: { ...nullable("string"), description: "Only with showDetails=true. Not in Azure." },
    tags: {
      type: ["object", "null"],
      additionalProperties: { type: "string" },
      description: "Only with showDetails=true. Not in Azure.",
    },
    parentInstanceId: { ...nullable("string"), description: "Only with showDetails=true. Not in Azure." },
    stopped: {
      ...closed({ code: { type: "string" }, message: { type: "string" } }),
      description: "Why it is stopped; absent while it is not. Not in Azure.",
    },
    waitingFor: {
      type: ["object", "null"],
      description: "Why it does not move; null when it has ended. Only with showWaitingFor=true. Not in Azure.",
    },
  },
  ["historyEvents", "version", "tags", "parentInstanceId", "stopped", "waitingFor"],
);

const MANAGEMENT_PAYLOAD = closed({
  id: { type: "string", description: "Instance id." },
  statusQueryGetUri: uri("GET: status of the instance."),
  sendEventPostUri: uri("POST: raises an event; {eventName} is for the caller to fill in."),
  terminatePostUri: uri("POST: terminates; {text} is the reason."),
  rewindPostUri: uri("POST: rewinds a failed instance."),
  purgeHistoryDeleteUri: uri("DELETE: purges a finished instance."),
  restartPostUri: uri("POST: starts it again."),
  suspendPostUri: uri("POST: suspends; {text} is the reason."),
  resumePostUri: uri("POST: resumes; {text} is the reason."),
});

const PLAN = {
  activities: {
    type: "array",
    items: closed({ eventId: { type: "integer" }, name: { type: "string" } }),
    description: "Those that run again.",
  },
  timers: {
    type: "array",
    items: closed({ eventId: { type: "integer" }, fireAt: { type: "integer", description: "Milliseconds since 1970." } }),
    description: "Those that get another time.",
  },
  droppedEpisodes: { type: "integer", minimum: 0, description: "Episodes that are taken back." },
  rewinds: {
    type: "array",
    items: { $ref: "#/components/schemas/EditPlan" },
    description: "Failed sub-orchestrations that are rewound first.",
  },
};

const many = (items: object) =>
  closed({
    instances: { type: "array", items },
    passedOver: {
      type: "integer",
      minimum: 0,
      description: "Found, and left as they are: gone, no longer in that status, or without the point of the fork.",
    },
  });

export const SCHEMAS = {
  ManagementPayload: MANAGEMENT_PAYLOAD,
  Status: STATUS,
  HistoryEvent: HISTORY_EVENT,
  FailureDetails: FAILURE_DETAILS,
  Entity: closed(
    {
      entityId: closed({ name: { type: "string" }, key: { type: "string" } }),
      lastOperationTime: { type: "string", format: "date-time" },
      state: {},
      details: { type: "object", description: "Not in Azure." },
    },
    ["state", "details"],
  ),
  Failures: closed({
    from: { type: "string", format: "date-time" },
    looked: { type: "integer", description: "So many of the newest were looked at." },
    exact: { type: "boolean", description: "False: there are more." },
    groups: {
      type: "array",
      items: closed({
        fingerprint: { type: "string", description: "The same failures have the same one." },
        kind: { enum: ["failed", "stopped"] },
        name: { type: "string" },
        version: { type: ["string", "null"] },
        from: { type: ["string", "null"], description: "Activity, sub-orchestration or operation that it came from." },
        errorType: { type: "string", description: "Of stopped ones the code of the reason." },
        message: { type: "string", description: "Without numbers, ids and quoted texts, where they differ." },
        count: { type: "integer" },
        first: { type: "string", format: "date-time" },
        last: { type: "string", format: "date-time" },
        hours: { type: "array", items: { type: "integer" }, description: "Of the last 24 hours, oldest first." },
        stack: { type: ["string", "null"], description: "Of the newest." },
        place: { type: ["string", "null"], description: "file:line of the app." },
        instanceIds: { type: "array", items: { type: "string" }, description: "Newest first, 1,000 at most." },
      }),
    },
  }),
  AuditLine: closed({
    instanceId: { type: "string" },
    what: { enum: ["continueAsNew", "replace", "purge", "rewind", "restart", "fork", "skip", "drop"] },
    time: { type: "string", format: "date-time", description: "The last time." },
    firstTime: { type: "string", format: "date-time" },
    count: { type: "integer", description: "How often it has continued as new; else 1." },
    by: { type: ["string", "null"] },
    reason: { type: ["string", "null"] },
    run: closed({
      executionId: { type: ["string", "null"] },
      name: { type: ["string", "null"] },
      runtimeStatus: { type: ["string", "null"] },
      createdTime: { type: ["string", "null"], format: "date-time" },
      endedTime: { type: ["string", "null"], format: "date-time" },
      historyEvents: { type: ["integer", "null"] },
    }),
    from: {
      oneOf: [closed({ instanceId: { type: "string" }, executionId: { type: "string" } }), { type: "null" }],
      description: "Of a fork and a restart: what it was made from.",
    },
    skipped: {
      oneOf: [{ $ref: "#/components/schemas/SkippedOperation" }, { type: "null" }],
      description: "Of a skip: the operation of the entity that was set aside.",
    },
  }),
  Schedule: closed({
    name: { type: "string" },
    cron: { type: "string" },
    timeZone: { type: "string" },
    overlap: { enum: ["skip", "allow"] },
    catchUp: { enum: ["once", "none"] },
    starts: { type: ["string", "null"], description: "The orchestrator; null: a timer." },
    state: { enum: ["active", "paused", "removed", "ended"] },
    next: { type: ["string", "null"], format: "date-time" },
    last: { type: ["string", "null"], format: "date-time" },
    lastInstanceId: { type: ["string", "null"] },
    lastProblem: { type: ["string", "null"] },
  }),
  CleanResult: closed({ emptyEntitiesRemoved: { type: "integer", minimum: 0 }, orphanedLocksReleased: { type: "integer", minimum: 0 } }),
  SkippedOperation: closed({
    operation: { type: "string" },
    isSignal: { type: "boolean", description: "false: an orchestration called it, and gets a failure." },
    sender: { type: ["string", "null"], description: "The instance that sent it; null: a client did." },
  }),
  EditPlan: closed({ instanceId: { type: "string" }, ...PLAN }),
  ForkPlan: closed({ instanceId: { ...nullable("string"), description: "null: chosen when the fork is made." }, ...PLAN }),
  Rewound: many({ $ref: "#/components/schemas/EditPlan" }),
  Restarted: many(
    closed({ instanceId: { type: "string" }, restartedAs: { ...nullable("string"), description: "The new instance; null in a dry run." } }),
  ),
  Forked: many(
    closed({ instanceId: { ...nullable("string"), description: "The fork; null in a dry run." }, forkedFrom: { type: "string" }, ...PLAN }),
  ),
  PurgeResult: closed({ instancesDeleted: { type: "integer", minimum: 1 } }),
  Text: { type: "string", description: "A short text as a JSON string." },
  Error: closed({ Message: { type: "string" } }),
  Unavailable: closed(
    {
      Message: { type: "string" },
      accepted: {
        enum: ["no", "unknown"],
        description: "no: it will never be done; unknown: it may have been done, or may yet be. Not in Azure.",
      },
      instanceId: { type: "string", description: "Of the instance that it was about, also where the id is ours. Not in Azure." },
    },
    ["accepted", "instanceId"],
  ),
  ErrorWithException: closed({
    Message: { type: "string" },
    ExceptionMessage: { type: "string" },
    ExceptionType: { type: "string" },
    StackTrace: { type: "null", description: "Always null: stacks stay in the log of the host." },
  }),
  HostStatus: closed({
    id: { type: "string" },
    state: { const: "Running" },
    version: { type: "string" },
    versionDetails: { type: "string" },
    platformVersion: { type: "string" },
    processUptime: { type: "integer", minimum: 0, description: "Milliseconds." },
  }),
  Probe: closed({ status: { enum: ["alive", "ready", "starting", "draining", "storeUnavailable"] } }),
} as const;

export type SchemaName = keyof typeof SCHEMAS;
