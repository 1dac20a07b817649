import { instanceIdProblem } from "../model/ids.ts";
import type { PayloadLimits } from "../model/payload-limits.ts";
import { checkPayload } from "../model/payload-limits.ts";
import type { Ids } from "../process/clock.ts";
import type { ForkParts } from "./fork.ts";
import { forkInstance } from "./fork.ts";
import type { OneByOneParts } from "./one-by-one.ts";
import { oneByOne } from "./one-by-one.ts";
import { restartInstance } from "./restart.ts";
import type { RewindParts } from "./rewind.ts";
import { rewindInstance } from "./rewind.ts";
import type {
  Act,
  Continued,
  ForkOutcome,
  ForkParams,
  HubClient,
  OneByOneParams,
  RerunClient,
  RestartOutcome,
  RestartParams,
  RewindOutcome,
  RewindParams,
} from "./types.ts";

export interface RerunsParts extends RewindParts, ForkParts, OneByOneParts {
  readonly store: RewindParts["store"] & ForkParts["store"];
  readonly ids: Ids;
  readonly limits: PayloadLimits;
  readonly client: Pick<HubClient, "getStatus" | "start" | "query">;
  /** Makes errors of the store those of the client, and refuses calls from orchestrators. */
  readonly guarded: <T>(call: () => Promise<T>) => Promise<T>;
}

/** Instances that run again: from their beginning, from where they failed, or as another instance from any point. Entities do none of it. */
export class Reruns implements RerunClient {
  readonly #parts: RerunsParts;

  constructor(parts: RerunsParts) {
    this.#parts = parts;
  }

  async restart(params: RestartParams): Promise<RestartOutcome> {
    if (instanceIdProblem(params.instanceId) !== null) return { kind: "notFound" };
    return restartInstance(this.#parts, params);
  }

  async rewind(params: RewindParams): Promise<RewindOutcome> {
    if (instanceIdProblem(params.instanceId) !== null) return { kind: "notFound" };
    return this.#parts.guarded(() => rewindInstance(this.#parts, params));
  }

  oneByOne<Step>(params: OneByOneParams, act: Act<Step>): AsyncIterable<Continued<Step>> {
    const { store, guarded } = this.#parts;
    return oneByOne({ ...this.#parts, store: { readWorkers: () => guarded(() => store.readWorkers()) } }, params, act);
  }

  async fork(params: ForkParams): Promise<ForkOutcome> {
    if (instanceIdProblem(params.instanceId) !== null) return { kind: "notFound" };
    const { input, results } = params;
    if (input !== undefined) checkPayload("input", input, this.#parts.limits);
    for (const [id, result] of results) checkPayload(`result of event ${id}`, result, this.#parts.limits);
    return this.#parts.guarded(() => forkInstance(this.#parts, params));
  }
}
