import { fault } from "../errors/perdure-error.ts";
import type {
  DurableClient,
  GetStatusOptions,
  HttpManagementPayload,
  OrchestrationHandle,
  OrchestrationStatus,
  OrchestrationStatusPage,
  StartNewSettings,
  TerminateOptions,
  WaitOptions,
} from "../functions/client-types.ts";
import { checkEventData } from "../functions/event-data.ts";
import type { ExternalEvent } from "../functions/external-event.ts";
import type {
  CountOptions,
  InstanceCount,
  PurgeFilter,
  PurgeOptions,
  StatusFilter,
  StatusPageQuery,
  StatusQuery,
} from "../functions/filter-types.ts";
import type { AnyOrchestratorRef, ResultOf } from "../functions/references.ts";
import type { ScheduleClient } from "../functions/schedule-client.ts";
import type { Duration } from "../model/duration.ts";
import { parseEntityId } from "../model/ids.ts";
import type { Payload, PayloadCodec } from "../model/payload.ts";
import { decodeWithin, encodeFault } from "../model/payload-limits.ts";
import { keepThis } from "../model/taken-methods.ts";
import { targetName } from "../model/target.ts";
import {
  checkStatusOptions,
  givenId,
  givenRequest,
  parseHttpWait,
  parseRaise,
  parseReason,
  parseStart,
  parseTerminate,
  parseWait,
  parseWatch,
} from "./arguments.ts";
import { auditLines } from "./audit.ts";
import { EntityHandles } from "./entity-handles.ts";
import type { ParsedQuery } from "./filters.ts";
import { parseCountOptions, parseStatusFilter, parseStatusQuery } from "./filters.ts";
import { resultOf } from "./orchestration-result.ts";
import { toOrchestrationStatus } from "./orchestration-status.ts";
import { parsePurgeFilter, parsePurgeOptions } from "./purges.ts";
import { createScheduleClient } from "./schedules.ts";
import { TypedReruns } from "./typed-reruns.ts";
import type { ClientQuery, DeliverOutcome, HubClient, InstanceStatus, StatusPage } from "./types.ts";
import { waitedFor } from "./waited-for.ts";
import { watchUpdates } from "./watch/watch-updates.ts";

/** How a client answers HTTP requests with the management URLs; made by the HTTP room. */
export interface HttpAnswers {
  createHttpManagementPayload(instanceId: string, request?: Request): HttpManagementPayload;
  createCheckStatusResponse(request: Request | undefined, instanceId: string): Response;
  waitForCompletionOrCreateCheckStatusResponse(
    request: Request | undefined,
    instanceId: string,
    options?: { readonly timeoutMs?: number; readonly retryIntervalMs?: number },
  ): Promise<Response>;
}

export interface TypedClientParts {
  readonly client: HubClient;
  readonly codec: PayloadCodec;
  readonly maxJsonDepth: number;
  readonly answers: HttpAnswers;
  readonly now: () => number;
}

type EventTarget = string | ExternalEvent<never, unknown>;

/** The client that users hold: values instead of payloads, errors instead of outcomes. */
export const createTypedClient = (parts: TypedClientParts): DurableClient => new TypedClient(parts);

class TypedClient implements DurableClient {
  readonly schedules: ScheduleClient;
  readonly audit: DurableClient["audit"];
  readonly entity: DurableClient["entity"];
  readonly watch: DurableClient["watch"];
  readonly queryEntities: DurableClient["queryEntities"];
  readonly cleanEntities: DurableClient["cleanEntities"];
  readonly restart: DurableClient["restart"];
  readonly rewind: DurableClient["rewind"];
  readonly rewindBy: DurableClient["rewindBy"];
  readonly restartBy: DurableClient["restartBy"];
  readonly fork: DurableClient["fork"];
  readonly forkBy: DurableClient["forkBy"];
  readonly #parts: TypedClientParts;

  constructor(parts: TypedClientParts) {
    this.#parts = parts;
    const encode = (what: string, value: unknown) => this.#encode(what, value);
    const reruns = new TypedReruns({ client: parts.client, encode, handle: (id) => this.#handle(id) });
    this.restart = (instanceId, options) => reruns.restart(instanceId, options);
    this.rewind = (instanceId, options) => reruns.rewind(instanceId, options);
    this.rewindBy = (filter, options) => reruns.rewindBy(filter, options);
    this.restartBy = (filter, options) => reruns.restartBy(filter, options);
    this.fork = (instanceId, options) => reruns.fork(instanceId, options);
    this.forkBy = (filter, options) => reruns.forkBy(filter, options);
    this.schedules = createScheduleClient(parts);
    this.audit = (instanceId) => auditLines(parts.client, instanceId);
    const entities = new EntityHandles({ ...parts, entities: parts.client.entities });
    this.entity = (target: unknown, key?: unknown) => entities.of(target, key);
    this.watch = (instanceId, options) => watchUpdates(parts, givenId(instanceId), parseWatch(options));
    this.queryEntities = (filter) => entities.query(filter);
    this.cleanEntities = (options) => entities.clean(options);
  }

  async startNew<Ref extends AnyOrchestratorRef | string>(
    ref: Ref,
    ...options: readonly [(StartNewSettings & { readonly input?: unknown })?]
  ): Promise<OrchestrationHandle<ResultOf<Ref>>> {
    const { value, ...start } = parseStart(ref, options[0], this.#parts.now);
    const outcome = await this.#parts.client.start({ ...start, input: this.#encode("input", value) });
    if (outcome.kind === "conflict") throw fault("INSTANCE_EXISTS", outcome.instanceId, outcome.status, "startNew");
    return this.#handle(outcome.instanceId);
  }

  handle<Ref extends AnyOrchestratorRef | string>(ref: Ref, instanceId: string): OrchestrationHandle<ResultOf<Ref>> {
    targetName(ref, "orchestrator", "handle");
    return this.#handle(givenId(instanceId));
  }

  #handle<Out>(instanceId: string): OrchestrationHandle<Out> {
    const { client, codec, maxJsonDepth } = this.#parts;
    const decode = (text: Payload | null) => decodeWithin(codec, text, maxJsonDepth);
    return {
      instanceId,
      result: async (options) => (await resultOf(client, decode, instanceId, parseWait(options, "result"))) as Out,
      watch: (options) => this.watch(instanceId, options),
      status: async (options) => {
        const status = await this.getStatus(instanceId, options);
        if (status === null) throw fault("INSTANCE_NOT_FOUND", instanceId);
        return status;
      },
      raiseEvent: (event: EventTarget, ...data: readonly unknown[]) => this.#raise(instanceId, event, data[0], undefined),
      suspend: (reason) => this.suspend(instanceId, reason),
      resume: (reason) => this.resume(instanceId, reason),
      terminate: (options) => this.terminate(instanceId, options),
    };
  }

  async getStatus(instanceId: string, options: GetStatusOptions = {}): Promise<OrchestrationStatus | null> {
    const { client } = this.#parts;
    checkStatusOptions(options, "getStatus");
    if (parseEntityId(givenId(instanceId)) !== null) return null; // entities have their own part of the client
    const status = await client.getStatus(instanceId, options.showInput === false ? "withoutInput" : "all");
    if (status === null) return null;
    const history = options.showHistory === true ? await client.getHistory(instanceId) : null;
    const shown = toOrchestrationStatus(this.#parts, status, options, history);
    return options.showWaitingFor === true ? { ...shown, waitingFor: await client.waitingFor(instanceId) } : shown;
  }

  query(query?: StatusQuery): AsyncGenerator<OrchestrationStatus> {
    return this.#shown(parseStatusQuery(query, "query"));
  }

  async queryPage(query?: StatusPageQuery): Promise<OrchestrationStatusPage> {
    const { query: parsed, showInput } = parseStatusQuery(query, "queryPage", ["continuation"]);
    const { instances, continuation, reachedBackTo } = await this.#parts.client.query(parsed);
    return {
      instances: instances.map((status) => toOrchestrationStatus(this.#parts, status, { showInput }, null)),
      continuation,
      reachedBackTo: reachedBackTo === null ? null : new Date(reachedBackTo),
    };
  }

  async count(filter?: StatusFilter, options?: CountOptions): Promise<InstanceCount> {
    const { cap } = parseCountOptions(options, "count");
    return this.#parts.client.count({ filter: parseStatusFilter(filter, "count"), cap });
  }

  async *#shown({ query, showInput }: ParsedQuery): AsyncGenerator<OrchestrationStatus> {
    for await (const status of this.#pages(query)) yield toOrchestrationStatus(this.#parts, status, { showInput }, null);
  }

  async *#pages(query: Omit<ClientQuery, "continuation">): AsyncGenerator<InstanceStatus> {
    let continuation: string | null = null;
    do {
      const page: StatusPage = await this.#parts.client.query({ ...query, continuation });
      yield* page.instances;
      continuation = page.continuation;
    } while (continuation !== null);
  }

  waitForStart(instanceId: string, options?: WaitOptions): Promise<OrchestrationStatus> {
    return this.#wait(instanceId, "started", options);
  }

  waitForCompletion(instanceId: string, options?: WaitOptions): Promise<OrchestrationStatus> {
    return this.#wait(instanceId, "completed", options);
  }

  raiseEvent(instanceId: string, event: EventTarget, ...data: readonly unknown[]): Promise<void> {
    return this.#raise(instanceId, event, data[0], data[1]);
  }

  async suspend(instanceId: string, reason?: string): Promise<void> {
    const params = { instanceId: givenId(instanceId), reason: parseReason(reason, "suspend") };
    await this.#delivered(instanceId, this.#parts.client.suspend(params));
  }

  async resume(instanceId: string, reason?: string): Promise<void> {
    const params = { instanceId: givenId(instanceId), reason: parseReason(reason, "resume") };
    await this.#delivered(instanceId, this.#parts.client.resume(params));
  }

  async terminate(instanceId: string, options?: TerminateOptions): Promise<void> {
    const params = { instanceId: givenId(instanceId), ...parseTerminate(options) };
    await this.#delivered(instanceId, this.#parts.client.terminate(params));
  }

  async purge(instanceId: string, options?: PurgeOptions): Promise<boolean> {
    const { client } = this.#parts;
    const { recursive, reason } = parsePurgeOptions(options, "purge");
    const outcome = await client.purge(givenId(instanceId), recursive, reason);
    if (outcome !== "notTerminal") return outcome === "deleted";
    const status = await client.getStatus(instanceId, "none");
    throw fault("INSTANCE_NOT_TERMINAL", instanceId, status?.runtimeStatus ?? "Running");
  }

  async purgeBy(filter: PurgeFilter): Promise<number> {
    const { purge, dryRun } = parsePurgeFilter(filter, "purgeBy");
    return dryRun ? this.#parts.client.countPurge(purge) : this.#parts.client.purgeBy(purge);
  }

  createCheckStatusResponse(request: Request, instanceId: string): Response {
    const from = givenRequest(request, "createCheckStatusResponse");
    return this.#parts.answers.createCheckStatusResponse(from, givenId(instanceId));
  }

  createHttpManagementPayload(instanceId: string): HttpManagementPayload {
    return this.#parts.answers.createHttpManagementPayload(givenId(instanceId));
  }

  async waitForCompletionOrCreateCheckStatusResponse(
    request: Request,
    instanceId: string,
    options?: { readonly timeout?: Duration; readonly retryInterval?: Duration },
  ): Promise<Response> {
    const wait = parseHttpWait(options);
    const from = givenRequest(request, "waitForCompletionOrCreateCheckStatusResponse");
    return this.#parts.answers.waitForCompletionOrCreateCheckStatusResponse(from, givenId(instanceId), wait);
  }

  async #raise(instanceId: string, event: EventTarget, data: unknown, options: unknown): Promise<void> {
    const target = { instanceId: givenId(instanceId), ...parseRaise(event, options) };
    const input = this.#encode(`payload of event "${target.name}"`, data);
    const { codec, maxJsonDepth } = this.#parts;
    checkEventData(event, target.name, () => decodeWithin(codec, input, maxJsonDepth));
    await this.#delivered(instanceId, this.#parts.client.raiseEvent({ ...target, input }));
  }

  async #delivered(instanceId: string, call: Promise<DeliverOutcome>): Promise<void> {
    const { outcome, status } = await call;
    if (outcome === "notFound") throw fault("INSTANCE_NOT_FOUND", instanceId);
    if (outcome !== "done") return;
    const known = status ?? (await this.#parts.client.getStatus(instanceId, "none"))?.runtimeStatus ?? "finished";
    throw fault("INSTANCE_DONE", instanceId, known);
  }

  async #wait(instanceId: string, until: "started" | "completed", options: WaitOptions | undefined): Promise<OrchestrationStatus> {
    const wait = parseWait(options, until === "started" ? "waitForStart" : "waitForCompletion");
    const status = await waitedFor(this.#parts.client, { instanceId: givenId(instanceId), until, ...wait });
    return toOrchestrationStatus(this.#parts, status, {}, null);
  }

  #encode(what: string, value: unknown): Payload | null {
    const { codec, maxJsonDepth } = this.#parts;
    try {
      return codec.encode(value);
    } catch (error) {
      throw encodeFault(error, what, maxJsonDepth);
    }
  }
}

keepThis(TypedClient);
