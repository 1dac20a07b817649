import { editedHistory } from "../../core/edit-mark.ts";
import { foldAll } from "../../core/fold.ts";
import { cutBefore, draftOf } from "../../core/rewind.ts";
import { beginGeneration } from "../../core/state.ts";
import type { EpisodeResult } from "../../model/executor.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { Committer } from "../commits/committer.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { WorkerParts } from "../options.ts";
import type { StoreClock } from "../time/store-clock.ts";
import type { Episode } from "./episode-record.ts";

export interface HistoryCutsPort {
  readonly committer: Pick<Committer, "gathering">;
  readonly storeClock: Pick<StoreClock, "now">;
  readonly parts: Pick<WorkerParts, "log">;
  enqueue(instance: ActiveInstance): void;
}

/**
 * A rewound or forked instance whose code no longer asks for all that its history has: it is cut there and replayed again, as a generation of its own. Each
 * cut is shorter than the one before, and after its first new episode the instance is stopped as any other.
 */
export class HistoryCuts {
  readonly #port: HistoryCutsPort;

  constructor(port: HistoryCutsPort) {
    this.#port = port;
  }

  /** False: there is nothing to cut. */
  cuts({ instance, mail, history }: Episode, { code, episode }: Extract<EpisodeResult, { readonly kind: "stopped" }>): boolean {
    const { state } = instance;
    const { edit } = state;
    if (code !== "NON_DETERMINISM" || history === undefined || edit?.isFresh !== true) return false;
    // An executor that does not say where: before the first episode that was given other events than were recorded.
    const from = episode ?? edit.mark.firstEdited;
    if (from < 1 || from > state.episodes) return false;
    instance.mailbox.putBack(mail);
    this.#cut(instance, [...history, ...state.waiting], from);
    this.#port.enqueue(instance);
    return true;
  }

  #cut(instance: ActiveInstance, recorded: readonly HistoryEvent[], episode: number): void {
    const { committer, storeClock, parts } = this.#port;
    const { state } = instance;
    const mark = state.edit?.mark;
    if (mark === undefined) return;
    const { executionId, input, instanceId, generation } = state;
    const { kind, reason, seed, from, edited, firstEdited, droppedEpisodes } = mark;
    const draft = cutBefore({ ...draftOf(recorded), edited, firstEdited, droppedEpisodes }, episode);
    const now = Math.max(storeClock.now(), state.clock);
    const events = editedHistory(recorded, draft, { kind, reason, seed, from, executionId, generation, now });
    beginGeneration(state, { executionId, input, labels: null, carryOver: [] });
    foldAll(state, events);
    const batch = committer.gathering;
    batch.appendHistory({ instance, generation: state.generation, firstSeq: 0, events, at: now, isCopy: true });
    batch.update(instance, now);
    const message = `The history of "${instanceId}" was cut before episode ${episode}: from there on its code asks for something else.`;
    parts.log.write({ level: "info", event: "instance.history-cut", message, fields: { instanceId, episode } });
  }
}
