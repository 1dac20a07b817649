import { fault } from "../errors/perdure-error.ts";
import type {
  DurableClient,
  GetStatusOptions,
  HttpManagementPayload,
  OrchestrationHandle,
  OrchestrationStatus,
  PurgeFilter,
  RaiseEventOptions,
  StartNewSettings,
  StatusFilter,
  TerminateOptions,
  WaitOptions,
} from "../functions/client-types.ts";
import type { ExternalEvent } from "../functions/external-event.ts";
import type { AnyOrchestratorRef, ResultOf } from "../functions/references.ts";
import type { Duration } from "../model/duration.ts";
import { DURATION_FORM } from "../model/duration.ts";
import { durationOption } from "../model/options.ts";
import type { Payload, PayloadCodec } from "../model/payload.ts";
import { decodeWithin, encodeFault } from "../model/payload-limits.ts";
import { TERMINAL_STATUSES } from "../model/status.ts";
import { parseDate } from "../model/time.ts";
import type { ParsedFilter, Range } from "./filters.ts";
import { parsePurgeFilter, parseStatusFilter } from "./filters.ts";
import { resultOf } from "./orchestration-result.ts";
import { toOrchestrationStatus } from "./orchestration-status.ts";
import type { DeliverOutcome, HubClient, InstanceStatus, StatusPage } from "./types.ts";

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

/** Rows of one read where they are only counted. */
const COUNTED = 500;

type EventTarget = string | ExternalEvent<never, unknown>;

/** The client that users hold: values instead of payloads, errors instead of outcomes. */
export function createTypedClient(parts: TypedClientParts): DurableClient {
  return new TypedClient(parts);
}

class TypedClient implements DurableClient {
  readonly #parts: TypedClientParts;

  constructor(parts: TypedClientParts) {
    this.#parts = parts;
  }

  async startNew<Ref extends AnyOrchestratorRef | string>(
    ref: Ref,
    ...options: readonly [(StartNewSettings & { readonly input?: unknown })?]
  ): Promise<OrchestrationHandle<ResultOf<Ref>>> {
    const settings = options[0] ?? {};
    checkStartOptions(settings);
    const { instanceId, tags, onExisting, startAt, transaction } = settings;
    const version = settings.version ?? versionOf(ref);
    const outcome = await this.#parts.client.start({
      name: nameOf(ref),
      input: this.#encode("input", settings.input),
      ...(instanceId === undefined ? {} : { instanceId }),
      ...(version === undefined ? {} : { version }),
      ...(tags === undefined ? {} : { tags }),
      ...(startAt === undefined ? {} : { startAt: this.#time(startAt) }),
      ...(onExisting === undefined ? {} : { onExisting }),
      ...(transaction === undefined ? {} : { transaction }),
    });
    if (outcome.kind === "conflict") throw fault("INSTANCE_EXISTS", outcome.instanceId, outcome.status);
    return this.handle(ref, outcome.instanceId);
  }

  handle<Ref extends AnyOrchestratorRef | string>(_ref: Ref, instanceId: string): OrchestrationHandle<ResultOf<Ref>> {
    const { client, codec, maxJsonDepth } = this.#parts;
    const decode = (text: Payload | null) => decodeWithin(codec, text, maxJsonDepth);
    return {
      instanceId,
      result: async (options) => (await resultOf(client, decode, instanceId, timeoutMs(options), options?.signal)) as ResultOf<Ref>,
      status: async (options) => {
        const status = await this.getStatus(instanceId, options);
        if (status === null) throw fault("INSTANCE_NOT_FOUND", instanceId);
        return status;
      },
      raiseEvent: (event: EventTarget, ...data: readonly unknown[]) => this.#raise(instanceId, event, data[0]),
      suspend: (reason) => this.suspend(instanceId, reason),
      resume: (reason) => this.resume(instanceId, reason),
      terminate: (options) => this.terminate(instanceId, options),
    };
  }

  async getStatus(instanceId: string, options: GetStatusOptions = {}): Promise<OrchestrationStatus | null> {
    const { client } = this.#parts;
    const status = await client.getStatus(instanceId);
    if (status === null) return null;
    const history = options.showHistory === true ? await client.getHistory(instanceId) : null;
    return toOrchestrationStatus(this.#parts, status, options, history);
  }

  query(filter?: StatusFilter): AsyncGenerator<OrchestrationStatus> {
    return this.#shown(parseStatusFilter(filter, "query"));
  }

  async *#shown({ query, showInput }: ParsedFilter): AsyncGenerator<OrchestrationStatus> {
    for await (const status of this.#pages(query)) yield toOrchestrationStatus(this.#parts, status, { showInput }, null);
  }

  async *#pages(query: ParsedFilter["query"]): AsyncGenerator<InstanceStatus> {
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
    const [payload, options = {}] = data as readonly [unknown?, RaiseEventOptions?];
    return this.#raise(instanceId, event, payload, options);
  }

  async suspend(instanceId: string, reason?: string): Promise<void> {
    await this.#delivered(instanceId, this.#parts.client.suspend({ instanceId, reason: reason ?? null }));
  }

  async resume(instanceId: string, reason?: string): Promise<void> {
    await this.#delivered(instanceId, this.#parts.client.resume({ instanceId, reason: reason ?? null }));
  }

  async terminate(instanceId: string, options: TerminateOptions = {}): Promise<void> {
    const { reason = null, recursive = false } = options;
    await this.#delivered(instanceId, this.#parts.client.terminate({ instanceId, reason, recursive }));
  }

  async purge(instanceId: string): Promise<boolean> {
    const { client } = this.#parts;
    const outcome = await client.purge(instanceId);
    if (outcome !== "notTerminal") return outcome === "deleted";
    const status = await client.getStatus(instanceId);
    throw fault("INSTANCE_NOT_TERMINAL", instanceId, status?.runtimeStatus ?? "Running");
  }

  async purgeBy(filter: PurgeFilter): Promise<number> {
    const { range, dryRun } = parsePurgeFilter(filter, "purgeBy");
    return dryRun ? this.#countFinished(range) : this.#parts.client.purgeBy(range);
  }

  async #countFinished(range: Range): Promise<number> {
    const statuses = TERMINAL_STATUSES.filter((status) => range.statuses.length === 0 || range.statuses.includes(status));
    if (statuses.length === 0) return 0; // no status at all would count every instance
    let count = 0;
    for await (const _ of this.#pages({ ...range, statuses, idPrefix: null, stopped: null, limit: COUNTED })) count += 1;
    return count;
  }

  createCheckStatusResponse(request: Request, instanceId: string): Response {
    return this.#parts.answers.createCheckStatusResponse(request, instanceId);
  }

  createHttpManagementPayload(instanceId: string): HttpManagementPayload {
    return this.#parts.answers.createHttpManagementPayload(instanceId);
  }

  async waitForCompletionOrCreateCheckStatusResponse(
    request: Request,
    instanceId: string,
    options: { readonly timeout?: Duration; readonly retryInterval?: Duration } = {},
  ): Promise<Response> {
    const { timeout, retryInterval } = options;
    return this.#parts.answers.waitForCompletionOrCreateCheckStatusResponse(request, instanceId, {
      ...(timeout === undefined ? {} : { timeoutMs: durationOption(timeout, "client", "timeout") }),
      ...(retryInterval === undefined ? {} : { retryIntervalMs: durationOption(retryInterval, "client", "retryInterval") }),
    });
  }

  async #raise(instanceId: string, event: EventTarget, data: unknown, options: RaiseEventOptions = {}): Promise<void> {
    for (const option of Object.keys(options)) {
      if (option !== "transaction") throw fault("OPTION_UNKNOWN", "raiseEvent", option, ["transaction"]);
    }
    const name = typeof event === "string" ? event : event.name;
    const input = this.#encode(`payload of event "${name}"`, data);
    await this.#delivered(instanceId, this.#parts.client.raiseEvent({ instanceId, name, input, ...options }));
  }

  async #delivered(instanceId: string, call: Promise<DeliverOutcome>): Promise<void> {
    const { outcome, status } = await call;
    if (outcome === "notFound") throw fault("INSTANCE_NOT_FOUND", instanceId);
    if (outcome !== "done") return;
    const known = status ?? (await this.#parts.client.getStatus(instanceId))?.runtimeStatus ?? "finished";
    throw fault("INSTANCE_DONE", instanceId, known);
  }

  async #wait(instanceId: string, until: "started" | "completed", options?: WaitOptions): Promise<OrchestrationStatus> {
    const { client } = this.#parts;
    const limit = timeoutMs(options);
    const wait = { instanceId, until, timeoutMs: limit, ...(options?.signal === undefined ? {} : { signal: options.signal }) };
    const status: InstanceStatus | null = await client.waitFor(wait);
    if (status === null) throw fault("INSTANCE_NOT_FOUND", instanceId);
    const reached = until === "completed" ? status.completedTime !== null : status.runtimeStatus !== "Pending";
    if (!reached) throw fault("RESULT_TIMEOUT", instanceId, limit ?? 0);
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

  #time(when: Date | Duration): number {
    return parseDate(when) ?? this.#parts.now() + durationOption(when, "startNew", "startAt", `a Date, or ${DURATION_FORM}`);
  }
}

const START_OPTIONS = ["input", "instanceId", "version", "startAt", "tags", "onExisting", "transaction"];
const ON_EXISTING = ["error", "replace", "attach"];

function checkStartOptions(settings: StartNewSettings): void {
  for (const option of Object.keys(settings)) {
    if (!START_OPTIONS.includes(option)) throw fault("OPTION_UNKNOWN", "startNew", option, START_OPTIONS);
  }
  const { onExisting } = settings;
  if (onExisting !== undefined && !ON_EXISTING.includes(onExisting)) {
    throw fault("OPTION_INVALID", "startNew", "onExisting", onExisting, '"error", "replace" or "attach"');
  }
}

/** A reference may come with its definition, even where this process does not run it. */
const versionOf = (ref: object | string) =>
  typeof ref === "object" && "version" in ref && typeof ref.version === "string" ? ref.version : undefined;

const nameOf = (ref: AnyOrchestratorRef | string) => (typeof ref === "string" ? ref : ref.name);

const timeoutMs = (options?: WaitOptions) => (options?.timeout === undefined ? null : durationOption(options.timeout, "client", "timeout"));
