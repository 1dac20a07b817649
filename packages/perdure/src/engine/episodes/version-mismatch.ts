import { messageOf } from "../../errors/perdure-error.ts";
import type { Declined } from "../../model/executor.ts";
import type { Failure } from "../../model/failure.ts";
import { functionKey } from "../../model/function-name.ts";
import { versionText } from "../../model/versions.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { UnservedVersions } from "../placement/unserved-versions.ts";
import type { Episode, EpisodeRecord } from "./episode-record.ts";

export interface VersionMismatchPort {
  readonly fleet: Pick<Fleet, "versions">;
  readonly unservedVersions: Pick<UnservedVersions, "mayFail">;
  readonly record: Pick<EpisodeRecord, "add">;
}

/** An episode of an instance whose version the executor does not take. */
export class VersionMismatch {
  readonly #port: VersionMismatchPort;

  constructor(port: VersionMismatchPort) {
    this.#port = port;
  }

  /** A place of this worker may come back; where another worker takes the version meanwhile, the instance goes there without a pause. */
  orAtOnce({ instance }: Episode, declined: Declined): Declined {
    const { versions } = this.#port.fleet;
    const { name, version } = instance.state;
    const isForOthers = !versions.takes(name, version) && versions.isServed(functionKey(name), version);
    return isForOthers ? { ...declined, retryAfterMs: 0 } : declined;
  }

  /** True: it fails, since no live worker takes its version and the settings say so. False: it waits for one that does. */
  fails(episode: Episode): boolean {
    const { fleet, unservedVersions, record } = this.#port;
    const { instance } = episode;
    const { name, instanceId, version } = instance.state;
    if (!unservedVersions.mayFail(name, version)) return false;
    instance.finishEpisode();
    const message = messageOf("VERSION_MISMATCH", name, instanceId, versionText(version), fleet.versions.taken(functionKey(name)));
    const failure: Failure = { errorType: "VersionMismatch", message, isNonRetriable: true };
    record.add(episode, { actions: [], outcome: { kind: "failed", failure }, opened: false });
    return true;
  }
}
