import { fault } from "../errors/perdure-error.ts";
import type { OrchestrationHandle } from "../functions/client-types.ts";
import type { StatusFilter } from "../functions/filter-types.ts";
import type {
  EditPlan,
  ForkByOptions,
  ForkOptions,
  ForkStep,
  RestartByOptions,
  RestartOptions,
  RestartStep,
  RewindByOptions,
  RewindOptions,
  RewindStep,
} from "../functions/rerun-types.ts";
import type { Payload } from "../model/payload.ts";
import { givenId, parseRestart, parseRewind } from "./arguments.ts";
import type { ParsedFork } from "./fork-arguments.ts";
import { forkParams, parseFork, parseForkBy, parseRestartBy, parseRewindBy } from "./fork-arguments.ts";
import { forkAct, restartAct, rewindAct } from "./rerun-acts.ts";
import type { ForkOutcome, HubClient } from "./types.ts";

export interface TypedRerunsParts {
  readonly client: Pick<HubClient, "reruns">;
  readonly encode: (what: string, value: unknown) => Payload | null;
  readonly handle: (instanceId: string) => OrchestrationHandle<unknown>;
}

/** What users hold of instances that run again, one or many: values instead of payloads, errors instead of outcomes. */
export class TypedReruns {
  readonly #parts: TypedRerunsParts;

  constructor(parts: TypedRerunsParts) {
    this.#parts = parts;
  }

  async restart(instanceId: string, options?: RestartOptions): Promise<OrchestrationHandle<unknown>> {
    const { client, encode, handle } = this.#parts;
    const { value, ...params } = parseRestart(givenId(instanceId), options);
    const input = value === undefined ? {} : { input: encode("input", value) };
    const outcome = await client.reruns.restart({ ...params, ...input });
    if (outcome.kind === "notFound") throw fault("INSTANCE_NOT_FOUND", instanceId);
    if (outcome.kind === "conflict") throw fault("INSTANCE_EXISTS", outcome.instanceId, outcome.status, "start");
    return handle(outcome.instanceId);
  }

  async rewind(instanceId: string, options?: RewindOptions): Promise<EditPlan> {
    const params = { instanceId: givenId(instanceId), ...parseRewind(options) };
    const outcome = await this.#parts.client.reruns.rewind(params);
    if (outcome.kind === "notFound") throw fault("INSTANCE_NOT_FOUND", instanceId);
    if (outcome.kind === "notFailed") throw fault("INSTANCE_NOT_FAILED", instanceId, outcome.status);
    return outcome.plan;
  }

  async fork(instanceId: string, options: ForkOptions): Promise<OrchestrationHandle<unknown> & { readonly plan: EditPlan }> {
    const outcome = await this.#fork(parseFork(givenId(instanceId), options));
    if (outcome.kind === "notFound") throw fault("INSTANCE_NOT_FOUND", instanceId);
    if (outcome.kind === "conflict") throw fault("INSTANCE_EXISTS", outcome.instanceId, outcome.status, "fork");
    return { ...this.#parts.handle(outcome.instanceId), plan: outcome.plan };
  }

  rewindBy(filter?: StatusFilter, options?: RewindByOptions): AsyncIterable<RewindStep> {
    const { reruns } = this.#parts.client;
    const { reason, dryRun, ...many } = parseRewindBy(filter, options);
    return reruns.oneByOne(many, rewindAct(reruns, { reason, dryRun }));
  }

  restartBy(filter: StatusFilter, options?: RestartByOptions): AsyncIterable<RestartStep> {
    const { reruns } = this.#parts.client;
    const { filter: given, statuses, perSecond, continuation, ...how } = parseRestartBy(filter, options);
    return reruns.oneByOne({ filter: given, statuses, perSecond, continuation }, restartAct(reruns, how));
  }

  forkBy(filter: StatusFilter, options: ForkByOptions): AsyncIterable<ForkStep> {
    const { fork, ...many } = parseForkBy(filter, options);
    return this.#parts.client.reruns.oneByOne(
      many,
      forkAct((instanceId) => this.#fork(fork(instanceId))),
    );
  }

  #fork(parsed: ParsedFork): Promise<ForkOutcome> {
    const { client, encode } = this.#parts;
    return client.reruns.fork(forkParams(parsed, encode));
  }
}
