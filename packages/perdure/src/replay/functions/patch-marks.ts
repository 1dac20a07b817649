import type { HistoryEvent } from "../../model/history.ts";
import type { EpisodePort } from "../tasks/episode-port.ts";

const NO_ANSWERS: ReadonlyMap<string, boolean> = new Map();

/** What an execution was told about patches: the first answer to each holds until its end, so that two places of the code never disagree. */
export class PatchMarks {
  /** Made at the first question: most orchestrators have none, and there is one of these for each instance in memory. */
  #answers: Map<string, boolean> | null = null;
  /** Of the history that is replayed: patch → the episode that recorded it, from 1. */
  #recorded: ReadonlyMap<string, number> | null = null;
  /** From 1. */
  #episode = 0;

  replay(history: readonly HistoryEvent[]): void {
    let recorded: Map<string, number> | null = null;
    let episode = 0;
    for (const event of history) {
      if (event.kind === "OrchestratorStarted") episode += 1;
      else if (event.kind === "PatchMarked") {
        recorded ??= new Map();
        if (!recorded.has(event.patch)) recorded.set(event.patch, episode);
      }
    }
    this.#recorded = recorded;
  }

  /** What was asked for so far, and what the answer is now. */
  get answers(): ReadonlyMap<string, boolean> {
    return this.#answers ?? NO_ANSWERS;
  }

  episodeStarted(): void {
    this.#episode += 1;
  }

  /**
   * `mayTurn`: a false from before may become true, once. Live the answer is true; in a replay it is what was recorded up to this episode: in an earlier one
   * where the call has moved since.
   */
  ask(patch: string, mayTurn: boolean, port: Pick<EpisodePort, "ask" | "replaying">): boolean {
    this.#answers ??= new Map();
    const known = this.#answers.get(patch);
    if (known === true || (known === false && !mayTurn)) return known;
    const recorded = this.#recorded?.get(patch);
    const isRecorded = recorded !== undefined && recorded <= this.#episode;
    const isNew = isRecorded || !port.replaying;
    this.#answers.set(patch, isNew);
    if (isNew && !isRecorded) port.ask({ kind: "markPatch", patch });
    return isNew;
  }
}
