import { versionsTakenInstead } from "../core/waiting/versions-taken.ts";
import { DEFAULT_WORKER_SETTINGS } from "../engine/options.ts";
import type { Worker } from "../engine/worker.ts";
import { fault, faultFrom, PerdureError } from "../errors/perdure-error.ts";
import { refuseClientInOrchestrator } from "../functions/direct-calls.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { InstanceId } from "../model/ids.ts";
import { instanceId as asInstanceId, entityIdProblem, executionId, parseEntityId, storedIdProblem } from "../model/ids.ts";
import { DEFAULT_MAX_JSON_DEPTH } from "../model/json-depth.ts";
import type { Message } from "../model/message.ts";
import type { PayloadLimits } from "../model/payload-limits.ts";
import { checkPayload } from "../model/payload-limits.ts";
import type { WaitingFor } from "../model/waiting-for.ts";
import type { Clock, Ids, Scheduler } from "../process/clock.ts";
import type { CallerTransaction, Store } from "../store/contract.ts";
import { refusalText } from "../store/errors.ts";
import { parseHistory } from "../store/parse.ts";
import type { InstanceCount, Payloads } from "../store/queries.ts";
import type { WorkerRow } from "../store/rows.ts";
import { startInstance } from "../store/start-instance.ts";
import { readAudit } from "./audit.ts";
import { startId } from "./built-in-instances.ts";
import { ClientCalls } from "./client-calls.ts";
import type { ClientTracing } from "./client-tracing.ts";
import { EntityCalls } from "./entity-calls.ts";
import { inTime } from "./in-time.ts";
import { createInspector } from "./inspect/inspector.ts";
import { statusOfRow } from "./instance-status.ts";
import type { KnownFunctions } from "./known-functions.ts";
import { functionsOf, liveWorkers } from "./known-functions.ts";
import { countInstances, listPage } from "./lists.ts";
import { countFinished, parsePlainPurge, purgeAll, purgeBy } from "./purges.ts";
import { RememberedFunctions } from "./remembered-functions.ts";
import { Reruns } from "./reruns.ts";
import { startSpecOf } from "./start-spec.ts";
import type {
  ClientCount,
  ClientPurge,
  ClientQuery,
  DeliverOutcome,
  HubClient,
  InstanceStatus,
  StartOutcome,
  StartParams,
  StatusPage,
  StoreClient,
} from "./types.ts";
import { readWaitingFor } from "./waiting-for.ts";
import type { Waits } from "./waits.ts";
import type { Watches } from "./watch/watches.ts";

export interface HubClientParts {
  readonly store: Store;
  readonly ids: Ids;
  readonly waits: Waits;
  readonly watches: Watches;
  /** The worker of this process, while it has one: its commits carry the client's calls, and its memory answers first. */
  readonly worker: () => Worker | null;
  readonly maxPayloadBytes: number;
  /** Default 1,000. */
  readonly maxJsonDepth?: number;
  /** The version of an orchestrator that this process has, recorded where a start names none. */
  readonly versionOf?: (name: string) => string | null;
  /** Store time as well as this process knows it. */
  readonly now: () => number;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** The hub was closed: nothing is asked of its store any more. */
  readonly isClosed?: () => boolean;
  /** This process has a worker, which has no such function: when it is the only one, the instance would never run. */
  readonly lacks?: (kind: "orchestrator" | "entity", name: string) => boolean;
  /** A caller started or waits for something. */
  readonly onWaiting?: () => void;
  /** Absent: nothing is traced. */
  readonly tracing?: ClientTracing;
  readonly scheduler: Scheduler;
  /** Without an answer by then a call that writes is withdrawn, or its outcome is not known. Default 15 s. */
  readonly acceptMs?: number;
  /** Who asks, for the audit: this process. */
  readonly by?: string;
}

const UNKNOWN_INSTANCE: DeliverOutcome = { outcome: "notFound", status: null };

export function createHubClient(parts: HubClientParts): StoreClient {
  return new StoreHubClient(parts);
}

class StoreHubClient implements StoreClient {
  readonly #parts: HubClientParts;
  readonly #limits: PayloadLimits;
  readonly #functions: RememberedFunctions;
  readonly #calls: ClientCalls;
  readonly entities: EntityCalls;
  readonly reruns: Reruns;
  readonly audit: HubClient["audit"] = (query) => this.#guarded(() => readAudit(this.#parts.store, query));
  readonly inspector: StoreClient["inspector"];
  readonly failures: HubClient["failures"];
  readonly changes: HubClient["changes"];

  constructor(parts: HubClientParts) {
    this.#parts = parts;
    this.#limits = { maxBytes: parts.maxPayloadBytes, maxDepth: parts.maxJsonDepth ?? DEFAULT_MAX_JSON_DEPTH };
    this.#functions = new RememberedFunctions({
      ...{ clock: parts.clock, scheduler: parts.scheduler, hasWorker: () => parts.worker() !== null },
      read: () => inTime(parts, this.#readFunctions()),
    });
    this.inspector = (options) => createInspector({ ...parts, guarded: (call) => this.#guarded(call) }, options);
    const inspector = this.inspector();
    this.failures = (filter) => inspector.failures(filter);
    this.changes = (params) => this.#guarded(() => parts.watches.changes(params));
    this.#calls = new ClientCalls({ acceptMs: DEFAULT_WORKER_SETTINGS.acceptMs, ...parts });
    this.entities = new EntityCalls({
      ...{ store: parts.store, now: parts.now, limits: this.#limits, ...(parts.by === undefined ? {} : { by: parts.by }) },
      sent: (id, operation, trace) => parts.tracing?.sent({ kind: "signal", name: operation, instanceId: id, id: parts.ids.guid() }, trace),
      deliver: (id, message) => this.#calls.deliver(id, message),
      within: (transaction) => this.#within(transaction),
      refuseUnknown: (id) => this.#refuseUnknownEntity(id),
      guarded: (call) => this.#guarded(call),
    });
    this.reruns = new Reruns({
      ...{ store: parts.store, ids: parts.ids, limits: this.#limits, scheduler: parts.scheduler, client: this },
      by: parts.by ?? null,
      guarded: (call) => this.#guarded(call),
    });
  }

  async start(params: StartParams): Promise<StartOutcome> {
    const { ids, tracing, versionOf } = this.#parts;
    const minted = params.instanceId === undefined;
    const id = minted ? asInstanceId(ids.orderedGuid()) : startId(params);
    checkPayload("input", params.input, this.#limits, params.inputDepth);
    const { name, onExisting = "error", trace = null, transaction, note } = params;
    const executed = { instanceId: id, executionId: executionId(ids.guid()), version: versionOf?.(name) ?? null };
    const untraced = startSpecOf(params, executed);
    const traced = tracing?.start(untraced, trace);
    const spec = traced?.start ?? untraced;
    if (this.#parts.lacks?.("orchestrator", name) === true) await this.#refuseUnlessOthers(params);
    this.#parts.onWaiting?.();
    // Attaching leaves any existing one alone, a finished one too: so does refusing it.
    const rule = onExisting === "reject" ? "attach" : onExisting;
    const receipt = await this.#guarded(() =>
      transaction === undefined
        ? this.#calls.start({ start: spec, onExisting: rule, minted, ...(note === undefined ? {} : { note }) })
        : startInstance(this.#within(transaction), { start: spec, onExisting: rule }),
    );
    if (receipt.outcome === "conflict" || (receipt.outcome === "existing" && onExisting === "reject"))
      return { kind: "conflict", instanceId: id, status: receipt.status ?? "Running" };
    const kind = receipt.outcome === "existing" ? "existing" : "started";
    if (kind === "started") traced?.accepted();
    return { kind, instanceId: id, executionId: receipt.executionId ?? spec.executionId };
  }

  /** Alone, this worker knows that no worker has the function. With others it does not: one that has it may come back any moment. */
  async #refuseUnlessOthers({ name, instanceId, onExisting }: StartParams): Promise<void> {
    const { workers, functions } = await inTime(this.#parts, this.#readFunctions());
    if (workers > 1 || functions?.orchestrator === null) return;
    if (onExisting === "attach" && instanceId !== undefined && (await this.getStatus(instanceId, "none")) !== null) return;
    throw fault("FUNCTION_UNKNOWN", name, functions?.orchestrator ?? []);
  }

  #refuseUnknownEntity(id: InstanceId): Promise<void> | null {
    const name = parseEntityId(id)?.name ?? id;
    if (this.#parts.lacks?.("entity", name) !== true) return null;
    return inTime(this.#parts, this.#readFunctions()).then(({ workers, functions }) => {
      if (workers <= 1 && functions?.entity !== null) throw fault("ENTITY_UNKNOWN", name, functions?.entity ?? []);
    });
  }

  async getStatus(id: string, payloads: Payloads = "all"): Promise<InstanceStatus | null> {
    if (storedIdProblem(id) !== null && entityIdProblem(id) !== null) return null;
    const read = this.#guarded(() => this.#parts.store.getInstance(asInstanceId(id), payloads));
    const row = await inTime(this.#parts, read);
    return row === null ? null : statusOfRow(row);
  }

  async getHistory(id: string): Promise<readonly HistoryEvent[] | null> {
    if (storedIdProblem(id) !== null) return null;
    const { store } = this.#parts;
    const chunks = await this.#guarded(() => store.readHistory(asInstanceId(id)));
    if (chunks.length > 0) return parseHistory(chunks);
    return (await this.#guarded(() => store.getInstance(asInstanceId(id), "none"))) === null ? null : [];
  }

  async waitingFor(id: string): Promise<WaitingFor | null> {
    if (storedIdProblem(id) !== null) return null;
    const read = this.#guarded(() => readWaitingFor(this.#parts.store, asInstanceId(id)));
    return inTime(this.#parts, read);
  }

  query(query: ClientQuery): Promise<StatusPage> {
    return this.#guarded(() => listPage(this.#parts.store, query));
  }

  count(params: ClientCount): Promise<InstanceCount> {
    return this.#guarded(() => countInstances(this.#parts.store, params));
  }

  async raiseEvent(params: Parameters<HubClient["raiseEvent"]>[0]): Promise<DeliverOutcome> {
    checkPayload("event payload", params.input, this.#limits, params.inputDepth);
    const { instanceId, name, input, messageId, transaction, trace = null } = params;
    const { ids, now, tracing } = this.#parts;
    const message: Message = { kind: "event", ts: now(), name, input, ...(messageId === undefined ? {} : { messageId }) };
    const sent = tracing?.sent({ kind: "event", name, instanceId, id: ids.guid() }, trace);
    const outcome = await this.#deliver(instanceId, message, transaction);
    if (outcome.outcome === "delivered") sent?.accepted();
    return outcome;
  }

  suspend({ instanceId, reason }: Parameters<HubClient["suspend"]>[0]): Promise<DeliverOutcome> {
    return this.#deliver(instanceId, { kind: "suspend", ts: this.#parts.now(), reason });
  }

  resume({ instanceId, reason }: Parameters<HubClient["resume"]>[0]): Promise<DeliverOutcome> {
    return this.#deliver(instanceId, { kind: "resume", ts: this.#parts.now(), reason });
  }

  terminate({ instanceId, reason, recursive }: Parameters<HubClient["terminate"]>[0]): Promise<DeliverOutcome> {
    return this.#deliver(instanceId, { kind: "terminate", ts: this.#parts.now(), reason, recursive });
  }

  async purge(id: string, recursive = false, reason: string | null = null): Promise<"deleted" | "notFound" | "notTerminal"> {
    if (entityIdProblem(id) === null) return (await this.entities.purge(asInstanceId(id), reason)) ? "deleted" : "notFound";
    if (storedIdProblem(id) !== null) return "notFound";
    const { store, by } = this.#parts;
    const params = { instanceId: asInstanceId(id), recursive, reason, ...(by === undefined ? {} : { by }) };
    if ((await this.#guarded(() => purgeAll(store, params))) > 0) return "deleted";
    return (await this.#guarded(() => store.getInstance(asInstanceId(id), "none"))) === null ? "notFound" : "notTerminal";
  }

  async purgeBy(params: ClientPurge): Promise<number> {
    const purge = parsePlainPurge(params, "purgeBy");
    return this.#guarded(() => purgeBy(this.#parts, purge));
  }

  async countPurge(params: ClientPurge): Promise<number> {
    const purge = parsePlainPurge(params, "countPurge");
    return this.#guarded(() => countFinished(this.#parts.store, purge));
  }

  async waitFor(params: Parameters<HubClient["waitFor"]>[0]): Promise<InstanceStatus | null> {
    refuseClientInOrchestrator();
    const { waits, onWaiting, isClosed } = this.#parts;
    const { instanceId } = params;
    if (storedIdProblem(instanceId) !== null) return null;
    onWaiting?.();
    const result = await this.#guarded(() => waits.wait({ ...params, instanceId: asInstanceId(instanceId) }));
    if (isClosed?.() === true) throw fault("HUB_CLOSED");
    return result === "over" ? this.getStatus(instanceId) : result;
  }

  knownFunctions(options: Parameters<HubClient["knownFunctions"]>[0] = {}): ReturnType<HubClient["knownFunctions"]> {
    return this.#functions.names(options);
  }

  async versionsTakenInstead(name: string, version: string | null): Promise<string | null> {
    return versionsTakenInstead(await inTime(this.#parts, this.#liveWorkers()), "orchestrator", name, version);
  }

  async #liveWorkers(): Promise<readonly WorkerRow[]> {
    return liveWorkers(await this.#guarded(() => this.#parts.store.readWorkers()));
  }

  async #readFunctions(): Promise<KnownFunctions> {
    return functionsOf(await this.#liveWorkers());
  }

  async #deliver(id: string, message: Message, transaction?: CallerTransaction): Promise<DeliverOutcome> {
    const isResumable = message.kind === "resume" && entityIdProblem(id) === null; // other messages mean nothing to an entity
    if (!isResumable && storedIdProblem(id) !== null) return UNKNOWN_INSTANCE;
    if (transaction === undefined) return this.#guarded(() => this.#calls.deliver(asInstanceId(id), message));
    const target = this.#within(transaction);
    return this.#guarded(() => target.deliver({ instanceId: asInstanceId(id), message }));
  }

  #within(transaction: CallerTransaction): Pick<Store, "start" | "deliver"> {
    const { store } = this.#parts;
    if (store.within === undefined) throw fault("TRANSACTION_UNSUPPORTED", store.capabilities.name);
    return store.within(transaction);
  }

  /** What a store throws becomes an error for people. */
  #guarded<T>(call: () => Promise<T>): Promise<T> {
    refuseClientInOrchestrator();
    if (this.#parts.isClosed?.() === true) throw fault("HUB_CLOSED");
    let answer: Promise<T>;
    try {
      answer = call();
    } catch (error) {
      return this.#explain(error);
    }
    return answer.catch(this.#explain);
  }

  readonly #explain = (error: unknown): never => {
    if (this.#parts.isClosed?.() === true) throw faultFrom(error, "HUB_CLOSED");
    if (error instanceof PerdureError) throw error; // a store may say it itself
    throw faultFrom(error, "STORE_UNAVAILABLE", refusalText(error));
  };
}
