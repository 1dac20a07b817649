import { randomUUID } from "node:crypto";
import { EntityCalls } from "../../client/entity-calls.ts";
import { restartInstance } from "../../client/restart.ts";
import type {
  Changes,
  ChangesParams,
  ClientCount,
  ClientFilter,
  ClientPurge,
  ClientQuery,
  DeliverOutcome,
  HubClient,
  InstanceStatus,
  RerunClient,
  StartParams,
} from "../../client/types.ts";
import { fault } from "../../errors/perdure-error.ts";
import type { HistoryEvent } from "../../model/history.ts";
import { executionId, instanceId, instanceIdProblem } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";
import { payload, utf8Bytes } from "../../model/payload.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import { isTerminal } from "../../model/status.ts";
import { entityCreatedBy } from "../../store/new-entity.ts";
import { createMemoryStore } from "../../stores/memory/memory-store.ts";

interface Stored {
  status: InstanceStatus;
  history: readonly HistoryEvent[];
  readonly events: { readonly name: string; readonly input: Payload | null }[];
}

export interface FixtureInstance {
  readonly id: string;
  readonly runtimeStatus: RuntimeStatus;
  readonly name?: string;
  readonly input?: string | null;
  readonly output?: string | null;
  readonly customStatus?: string | null;
  readonly createdTime?: number;
  readonly lastUpdatedTime?: number;
  readonly history?: readonly HistoryEvent[];
  readonly stopped?: InstanceStatus["stopped"];
}

export interface FixtureOptions {
  /** Null: no worker is live. */
  readonly orchestrators?: readonly string[] | null;
  readonly maxPayloadBytes?: number;
}

/** A task hub without an engine: instances stand in the statuses they were put in, and messages move them at once. */
export class FixtureClient implements HubClient {
  readonly #instances = new Map<string, Stored>();
  readonly #orchestrators: readonly string[] | null;
  readonly #maxPayloadBytes: number;
  /** The real ones, over a store in memory; the hub has the entity "Counter". */
  readonly entities: EntityCalls;
  readonly failures: HubClient["failures"] = async () => ({ groups: [], looked: { n: 0, isExact: true }, from: 0 });
  readonly audit: HubClient["audit"] = async () => ({ lines: [], continuation: null });
  readonly reruns: RerunClient = {
    restart: (params) => restartInstance({ client: this, by: null }, params),
    oneByOne: async function* () {},
    fork: async () => ({ kind: "notFound" }),
    rewind: async ({ instanceId: id, dryRun }) => {
      const stored = this.#instances.get(id);
      if (stored === undefined) return { kind: "notFound" };
      const status = stored.status.runtimeStatus;
      if (status !== "Failed") return { kind: "notFailed", status };
      if (!dryRun) stored.status = { ...stored.status, runtimeStatus: "Running", output: null };
      return { kind: "rewound", plan: { instanceId: id, activities: [], timers: [], droppedEpisodes: 1, rewinds: [] } };
    },
  };
  /** What was asked of terminate, oldest first. */
  readonly terminations: { readonly instanceId: string; readonly reason: string | null; readonly recursive: boolean }[] = [];

  constructor(options: FixtureOptions = {}) {
    this.#orchestrators = options.orchestrators === undefined ? ["Hello"] : options.orchestrators;
    this.#maxPayloadBytes = options.maxPayloadBytes ?? 32 * 1_024 * 1_024;
    const store = createMemoryStore({ now: Date.now });
    this.entities = new EntityCalls({
      store,
      deliver: (instanceId, message) => store.deliver({ instanceId, message, ...entityCreatedBy(instanceId, message) }),
      within: () => store,
      now: Date.now,
      limits: { maxBytes: this.#maxPayloadBytes, maxDepth: 1_000 },
      refuseUnknown: () => null,
      sent: () => undefined,
      guarded: (call) => call(),
    });
  }

  async changes({ instanceId: id, seen }: ChangesParams): Promise<Changes | null> {
    const status = this.#instances.get(id)?.status ?? null;
    if (status === null) return null;
    return { status: seen === null ? status : null, progress: [], seen: { by: "fixture", status: 1, progress: 0 } };
  }

  put(instance: FixtureInstance): void {
    const { id, runtimeStatus, createdTime = Date.UTC(2026, 0, 2, 3, 4, 5, 678) } = instance;
    const text = (value: string | null | undefined) => (value === null || value === undefined ? null : payload(value));
    this.#instances.set(id, {
      history: instance.history ?? [],
      events: [],
      status: {
        instanceId: instanceId(id),
        executionId: executionId(randomUUID().replaceAll("-", "")),
        name: instance.name ?? "Hello",
        version: null,
        runtimeStatus,
        input: text(instance.input),
        output: text(instance.output),
        customStatus: text(instance.customStatus),
        tags: null,
        parentInstanceId: null,
        createdTime,
        lastUpdatedTime: instance.lastUpdatedTime ?? createdTime,
        completedTime: isTerminal(runtimeStatus) ? createdTime : null,
        generation: 0,
        stopped: instance.stopped ?? null,
      },
    });
  }

  eventsOf(id: string): readonly { readonly name: string; readonly input: Payload | null }[] {
    return this.#instances.get(id)?.events ?? [];
  }

  async start(params: StartParams) {
    const id = params.instanceId ?? randomUUID().replaceAll("-", "");
    const problem = instanceIdProblem(id);
    if (problem !== null) throw fault("INSTANCE_ID_INVALID", id, problem);
    this.#checkSize("input", params.input);
    const existing = this.#instances.get(id)?.status;
    if (existing !== undefined && !isTerminal(existing.runtimeStatus)) {
      return { kind: "conflict", instanceId: existing.instanceId, status: existing.runtimeStatus } as const;
    }
    this.put({ id, runtimeStatus: "Pending", name: params.name, input: params.input });
    const stored = this.#instances.get(id);
    if (stored === undefined) throw fault("INTERNAL", "an instance vanished");
    stored.status = { ...stored.status, version: params.version ?? null, tags: params.tags ?? null };
    return { kind: "started", instanceId: stored.status.instanceId, executionId: stored.status.executionId } as const;
  }

  async getStatus(id: string) {
    return this.#instances.get(id)?.status ?? null;
  }

  async getHistory(id: string) {
    return this.#instances.get(id)?.history ?? null;
  }

  async waitingFor() {
    return null;
  }

  async query(query: ClientQuery) {
    const from = query.continuation === null ? 0 : Number(query.continuation);
    if (!Number.isInteger(from)) throw fault("CONTINUATION_INVALID", query.continuation ?? "");
    const found = [...this.#instances.values()].map(({ status }) => status).filter((status) => matches(status, query));
    const page = found.slice(from, from + query.limit);
    return { instances: page, reachedBackTo: null, continuation: from + query.limit < found.length ? String(from + query.limit) : null };
  }

  async count({ filter, cap }: ClientCount) {
    const found = [...this.#instances.values()].filter(({ status }) => matches(status, filter)).length;
    return { count: Math.min(found, cap), exact: found <= cap };
  }

  async raiseEvent(params: { readonly instanceId: string; readonly name: string; readonly input: Payload | null }) {
    this.#checkSize("event", params.input);
    return this.#deliver(params.instanceId, (stored) => stored.events.push({ name: params.name, input: params.input }));
  }

  async suspend(params: { readonly instanceId: string }) {
    return this.#deliver(params.instanceId, (stored) => {
      stored.status = { ...stored.status, runtimeStatus: "Suspended" };
    });
  }

  async resume(params: { readonly instanceId: string }) {
    return this.#deliver(params.instanceId, (stored) => {
      stored.status = { ...stored.status, runtimeStatus: "Running" };
    });
  }

  async terminate(params: { readonly instanceId: string; readonly reason: string | null; readonly recursive: boolean }) {
    this.terminations.push(params);
    return this.#deliver(params.instanceId, (stored) => {
      const output = params.reason === null ? null : payload(JSON.stringify(params.reason));
      stored.status = { ...stored.status, runtimeStatus: "Terminated", output };
    });
  }

  async purge(id: string) {
    const stored = this.#instances.get(id);
    if (stored === undefined) return "notFound";
    if (!isTerminal(stored.status.runtimeStatus)) return "notTerminal";
    this.#instances.delete(id);
    return "deleted";
  }

  async purgeBy(filter: ClientPurge) {
    const ids = this.#finished(filter);
    for (const id of ids) this.#instances.delete(id);
    return ids.length;
  }

  async countPurge(filter: ClientPurge) {
    return this.#finished(filter).length;
  }

  #finished(filter: ClientPurge): readonly string[] {
    const meant = { ...filter, idPrefix: null, stopped: null };
    return [...this.#instances].filter(([, { status }]) => isTerminal(status.runtimeStatus) && matches(status, meant)).map(([id]) => id);
  }

  async waitFor(params: { readonly instanceId: string }) {
    return this.getStatus(params.instanceId);
  }

  async knownFunctions(): ReturnType<HubClient["knownFunctions"]> {
    return this.#orchestrators === null ? null : { orchestrator: this.#orchestrators, activity: [], entity: ["Counter"] };
  }

  async versionsTakenInstead(): Promise<null> {
    return null;
  }

  #deliver(id: string, apply: (stored: Stored) => void): DeliverOutcome {
    const stored = this.#instances.get(id);
    if (stored === undefined) return { outcome: "notFound", status: null };
    const status = stored.status.runtimeStatus;
    if (isTerminal(status)) return { outcome: "done", status };
    apply(stored);
    return { outcome: "delivered", status };
  }

  #checkSize(what: string, text: Payload | null): void {
    const bytes = text === null ? 0 : utf8Bytes(text);
    if (bytes > this.#maxPayloadBytes) throw fault("PAYLOAD_TOO_LARGE", what, bytes, this.#maxPayloadBytes);
  }
}

type Filter = Pick<ClientFilter, "createdFrom" | "createdTo" | "statuses" | "idPrefix" | "stopped">;

function matches(status: InstanceStatus, filter: Filter): boolean {
  if (filter.createdFrom !== null && status.createdTime < filter.createdFrom) return false;
  if (filter.createdTo !== null && status.createdTime > filter.createdTo) return false;
  if (filter.statuses.length > 0 && !filter.statuses.includes(status.runtimeStatus)) return false;
  if (filter.stopped !== null && (status.stopped !== null) !== filter.stopped) return false;
  return filter.idPrefix === null || status.instanceId.startsWith(filter.idPrefix);
}
