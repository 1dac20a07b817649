import type { EditPlan } from "../functions/rerun-types.ts";
import { instanceIdProblem } from "../model/ids.ts";
import type { PayloadLimits } from "../model/payload-limits.ts";
import { checkPayload } from "../model/payload-limits.ts";
import type { Ids } from "../process/clock.ts";
import type { ForkParts } from "./fork.ts";
import { forkInstance } from "./fork.ts";
import { restartInstance } from "./restart.ts";
import type { RewindParts } from "./rewind.ts";
import { rewindInstance } from "./rewind.ts";
import type { RewindByParts } from "./rewind-by.ts";
import { rewindBy } from "./rewind-by.ts";
import type {
  ForkOutcome,
  ForkParams,
  HubClient,
  RerunClient,
  RestartOutcome,
  RestartParams,
  RewindByParams,
  RewindOutcome,
  RewindParams,
} from "./types.ts";

export interface RerunsParts extends RewindParts, ForkParts, RewindByParts {
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

  rewindBy(params: RewindByParams): AsyncIterable<EditPlan> {
    return rewindBy(this.#parts, (one) => this.rewind(one), params);
  }

  async fork(params: ForkParams): Promise<ForkOutcome> {
    if (instanceIdProblem(params.instanceId) !== null) return { kind: "notFound" };
    const { input, results } = params;
    if (input !== undefined) checkPayload("input", input, this.#parts.limits);
    for (const [id, result] of results) checkPayload(`result of event ${id}`, result, this.#parts.limits);
    return this.#parts.guarded(() => forkInstance(this.#parts, params));
  }
}
