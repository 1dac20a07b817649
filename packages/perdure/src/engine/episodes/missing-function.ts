import { functionNotFound } from "../../model/function-not-found.ts";
import type { Leaving } from "../ownership/leaving.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { Unoffered } from "../placement/unoffered.ts";
import type { Episode, EpisodeRecord } from "./episode-record.ts";

export interface MissingFunctionPort {
  readonly fleet: Pick<Fleet, "knows" | "othersKnow" | "known">;
  readonly unoffered: Pick<Unoffered, "stopped">;
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
   * Another worker has it: the instance goes there. None has: a call of it fails, when it has not begun anywhere. False: all other instances are to be
   * stopped, until a worker comes that has it.
   */
  leavesOrFails(episode: Episode): boolean {
    const { fleet, unoffered, leaving, record } = this.#port;
    const { instance, mail } = episode;
    const { name, parent, started } = instance.state;
    if (!fleet.knows("orchestrator", name) && fleet.othersKnow("orchestrator", name)) {
      instance.mailbox.putBack(mail);
      leaving.release(instance);
      return true;
    }
    if (parent === null || started) {
      unoffered.stopped(name);
      return false;
    }
    const failure = functionNotFound("FUNCTION_NOT_OFFERED", "orchestrator", name, fleet.known("orchestrator"));
    record.add(episode, { actions: [], outcome: { kind: "failed", failure }, opened: false });
    return true;
  }
}
