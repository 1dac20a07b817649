import { instanceIdProblem } from "../model/ids.ts";
import { restartInstance } from "./restart.ts";
import type { RewindParts } from "./rewind.ts";
import { rewindInstance } from "./rewind.ts";
import type { HubClient, RerunClient, RestartOutcome, RestartParams, RewindOutcome, RewindParams } from "./types.ts";

export interface RerunsParts extends RewindParts {
  readonly client: Pick<HubClient, "getStatus" | "start">;
  /** Makes errors of the store those of the client, and refuses calls from orchestrators. */
  readonly guarded: <T>(call: () => Promise<T>) => Promise<T>;
}

/** Instances that run again: from their beginning, or from where they failed. Entities do neither. */
export class Reruns implements RerunClient {
  readonly #parts: RerunsParts;

  constructor(parts: RerunsParts) {
    this.#parts = parts;
  }

  async restart(params: RestartParams): Promise<RestartOutcome> {
    if (instanceIdProblem(params.instanceId) !== null) return { kind: "notFound" };
    return restartInstance(this.#parts.client, params);
  }

  async rewind(params: RewindParams): Promise<RewindOutcome> {
    if (instanceIdProblem(params.instanceId) !== null) return { kind: "notFound" };
    return this.#parts.guarded(() => rewindInstance(this.#parts, params));
  }
}
