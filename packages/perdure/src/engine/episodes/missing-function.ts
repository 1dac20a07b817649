import { functionNotFound } from "../../model/function-not-found.ts";
import type { Leaving } from "../ownership/leaving.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { Unoffered } from "../placement/unoffered.ts";
import type { Episode, EpisodeRecord } from "./episode-record.ts";

export interface MissingFunctionPort {
  readonly fleet: Pick<Fleet, "knows" | "othersKnow" | "known">;
  readonly unoffered: Pick<Unoffered, "stopped" | "isUnserved" | "left">;
  readonly leaving: Pick<Leaving, "release">;
  readonly record: Pick<EpisodeRecord, "add">;
}

/** An episode for which this worker lacks the function. */
export class MissingFunction {
  readonly #port: MissingFunctionPort;

  constructor(port: MissingFunctionPort) {
    this.#port = port;
  }

  /**
   * Another worker has it, or may have it: the instance goes to all workers. None has had it for long enough: a call of it fails, when it has not begun
   * anywhere. False: all other instances are to be stopped, until a worker comes that has it.
   */
  leavesOrFails(episode: Episode): boolean {
    const { fleet, unoffered, record } = this.#port;
    const { name, parent, started } = episode.instance.state;
    const isKnown = fleet.knows("orchestrator", name);
    if (!isKnown && fleet.othersKnow("orchestrator", name)) {
      this.#leave(episode);
      return true;
    }
    if (parent === null || started) {
      unoffered.stopped("orchestrator", name);
      return false;
    }
    if (!isKnown && !unoffered.isUnserved("orchestrator", name)) {
      unoffered.left("orchestrator", name);
      this.#leave(episode);
      return true;
    }
    const failure = functionNotFound("FUNCTION_NOT_OFFERED", "orchestrator", name, fleet.known("orchestrator"));
    record.add(episode, { actions: [], outcome: { kind: "failed", failure }, opened: false });
    return true;
  }

  #leave({ instance, mail }: Episode): void {
    instance.mailbox.putBack(mail);
    this.#port.leaving.release(instance);
  }
}
