import type { Committer } from "../commits/committer.ts";
import type { WakeUps } from "../instances/wake-ups.ts";
import type { Leaving } from "../ownership/leaving.ts";
import type { Episode, EpisodeRecord } from "./episode-record.ts";
import type { HistoryLimit } from "./history-limit.ts";

export interface MailWithoutCodePort {
  readonly committer: Pick<Committer, "gathering" | "requestSeal">;
  readonly leaving: Pick<Leaving, "stopAsPoison" | "releaseSuspectAtRest">;
  readonly record: Pick<EpisodeRecord, "add">;
  readonly historyLimit: Pick<HistoryLimit, "isReached" | "fail">;
  readonly wakeUps: Pick<WakeUps, "nextTurn">;
}

/** Episodes in which no code is to run: their mail, or the limit of the history, is all there is to them. */
export class MailWithoutCode {
  readonly #port: MailWithoutCodePort;

  constructor(port: MailWithoutCodePort) {
    this.#port = port;
  }

  /** Whether code is to run. Suspensions and ends are taken whatever the history has. */
  needsCode({ instance, reception }: Pick<Episode, "instance" | "reception">): boolean {
    return reception.decision === "run" && !this.#port.historyLimit.isReached(instance);
  }

  take(episode: Episode): void {
    const { instance, reception, mail } = episode;
    const { committer, historyLimit, leaving, record, wakeUps } = this.#port;
    if (reception.decision === "run") historyLimit.fail(episode);
    else if (reception.decision === "stop") {
      // The stop is dropped, what came before it waits for the next try.
      const before = mail.slice(0, -1);
      committer.gathering.consume(instance, mail.slice(-1));
      leaving.stopAsPoison(instance, { code: "ACTIVITY_POISON", message: reception.poison ?? "" }, before);
    } else if (reception.events.length > 0) record.add(episode, null);
    else {
      committer.gathering.consume(instance, mail);
      if (mail.length > 0) committer.requestSeal();
      if (!leaving.releaseSuspectAtRest(instance)) wakeUps.nextTurn(instance);
    }
  }
}
