import type { ClientTracing } from "../client/client-tracing.ts";
import { ProcessOfHub } from "../client/process-of-hub.ts";
import { createTypedClient } from "../client/typed-client.ts";
import type { DurableClient } from "../functions/client-types.ts";
import { createHttpManagement } from "../http/http-management.ts";
import { DEFAULT_BASE_PATH } from "../http/paths.ts";
import { realClock, realIds, realScheduler } from "../process/real-time.ts";
import type { Store } from "../store/contract.ts";
import { ForgottenStart } from "./forgotten-start.ts";
import { HookRuns } from "./hook-runs.ts";
import type { HubSettings } from "./options.ts";
import { processName } from "./process-name.ts";

export { functionLogTo } from "../executors/function-log.ts";
export { codeVersionOf } from "../functions/code-version.ts";
// What a hub needs and an `import` of the package does not: loaded while the thread of a file starts.
export { installDeterministicGlobals } from "../replay/globals/deterministic-globals.ts";

/** What the parts of a hub ask of it. */
export interface HubPort {
  readonly drained: AbortSignal;
  /** Null: nothing is traced. */
  readonly tracing: ClientTracing | null;
  isClosed(): boolean;
  /** A worker was asked for, or the hub is being closed. */
  hasStartedOrClosing(): boolean;
  lacks(kind: "orchestrator" | "entity", name: string): boolean;
}

export interface HubParts {
  readonly process: ProcessOfHub;
  readonly client: DurableClient;
  readonly hooks: HookRuns;
}

/** The clients of a hub, and what it runs at its start and stop. */
export function assembleHub(store: Store, settings: HubSettings, hub: HubPort): HubParts {
  const { maxPayloadBytes, maxJsonDepth, codec, name: taskHub, publicOrigin, keys, forwardedHost } = settings;
  const { acceptMs } = settings.engine;
  const process = new ProcessOfHub({
    store,
    ids: realIds(),
    maxPayloadBytes,
    maxJsonDepth,
    versionOf: (orchestrator) => settings.registry.versionOf(orchestrator),
    now: () => Date.now(),
    clock: realClock,
    isClosed: () => hub.isClosed(),
    lacks: (kind, name) => hub.lacks(kind, name),
    onWaiting: () => forgottenStart.noticed(),
    onEnds: (listener) => store.onEnds(listener),
    scheduler: realScheduler(true),
    by: processName(),
    ...(acceptMs === undefined ? {} : { acceptMs }),
    ...(hub.tracing === null ? {} : { tracing: hub.tracing }),
  });
  const forgottenStart = new ForgottenStart({
    scheduler: realScheduler(false),
    log: settings.log,
    knownFunctions: () => process.client.knownFunctions(),
    isOver: () => hub.hasStartedOrClosing(),
  });
  const http = {
    taskHub,
    connectionName: "Storage",
    basePath: DEFAULT_BASE_PATH,
    publicOrigin,
    keys,
    forwardedHost,
    drained: hub.drained,
  };
  const answers = createHttpManagement({ client: process.client, ...http });
  const client = createTypedClient({ client: process.client, codec, maxJsonDepth, answers, now: () => process.now });
  const hooks = new HookRuns({
    hooks: settings.registry.hooks,
    logs: settings,
    taskHub,
    client: () => client,
    scheduler: realScheduler(true),
  });
  return { process, client, hooks };
}
