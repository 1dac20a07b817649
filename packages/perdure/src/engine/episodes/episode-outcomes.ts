import type { EpisodeResult } from "../../model/executor.ts";
import { numbered } from "../executor/ask-executor.ts";
import type { WorkerParts } from "../options.ts";
import type { Leaving } from "../ownership/leaving.ts";
import type { Episode, EpisodeRecord } from "./episode-record.ts";
import type { HistoryCuts } from "./history-cuts.ts";
import type { MissingFunction } from "./missing-function.ts";
import type { Redelivery } from "./redelivery.ts";
import { isNotRun } from "./redelivery.ts";
import type { VersionMismatch } from "./version-mismatch.ts";

export interface EpisodeOutcomesPort {
  readonly parts: Pick<WorkerParts, "executor">;
  readonly record: Pick<EpisodeRecord, "add">;
  readonly redelivery: Pick<Redelivery, "redeliver">;
  readonly missingFunction: Pick<MissingFunction, "leavesOrFails">;
  readonly versionMismatch: Pick<VersionMismatch, "fails" | "orAtOnce">;
  readonly historyCuts: Pick<HistoryCuts, "cuts">;
  readonly leaving: Pick<Leaving, "stop">;
}

/** The executor has answered: the episode is recorded, delivered again, or its instance is stopped or goes elsewhere. */
export class EpisodeOutcomes {
  readonly #port: EpisodeOutcomesPort;

  constructor(port: EpisodeOutcomesPort) {
    this.#port = port;
  }

  answered(episode: Episode, answer: Exclude<EpisodeResult, { readonly kind: "historyNeeded" }>): void {
    const { instance } = episode;
    const result = numbered(instance.state, answer);
    if (isNotRun(result)) {
      const { versionMismatch, redelivery } = this.#port;
      if (result.kind === "declined" && versionMismatch.fails(episode)) return;
      redelivery.redeliver(instance, result.kind === "declined" ? versionMismatch.orAtOnce(episode, result) : result);
      return;
    }
    instance.finishEpisode();
    if (result.kind === "stopped") this.#endWithoutRecord(episode, result);
    else this.#port.record.add(episode, result);
  }

  /** It may not be recorded: the instance is stopped, or goes where its function is. */
  #endWithoutRecord(episode: Episode, result: Extract<EpisodeResult, { readonly kind: "stopped" }>): void {
    const { instance, mail } = episode;
    const { parts, leaving, missingFunction, historyCuts } = this.#port;
    parts.executor.forget(instance.no);
    if (historyCuts.cuts(episode, result)) return;
    if (result.code === "FUNCTION_NOT_REGISTERED" && missingFunction.leavesOrFails(episode)) return;
    leaving.stop(instance, { code: result.code, message: result.message, codeMayCure: result.code !== "INTERNAL" }, mail);
  }
}
