import { receive } from "../../core/receive.ts";
import type { Action } from "../../model/action.ts";
import type { AbortReason, EpisodeResult } from "../../model/executor.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { Mail } from "../instances/mailbox.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { NumberPool } from "../ownership/number-pool.ts";
import { isAlive } from "../phase.ts";
import type { StoreClock } from "../time/store-clock.ts";
import type { AskedTurns } from "../turns/asked-turns.ts";
import type { TurnKind, TurnLoopPort } from "../turns/turn-loop.ts";
import { TurnLoop } from "../turns/turn-loop.ts";
import { AskedEpisode } from "./asked-episode.ts";
import type { EpisodeOutcomes } from "./episode-outcomes.ts";
import type { Episode } from "./episode-record.ts";
import type { EpisodeRequestsPort } from "./episode-requests.ts";
import { EpisodeRequests } from "./episode-requests.ts";
import type { MailWithoutCode } from "./mail-without-code.ts";

export interface EpisodeLoopPort extends EpisodeRequestsPort, TurnLoopPort {
  readonly numbers: Pick<NumberPool, "has" | "whenHas">;
  readonly outcomes: Pick<EpisodeOutcomes, "answered">;
  readonly mailWithoutCode: Pick<MailWithoutCode, "needsCode" | "take">;
  readonly committer: EpisodeRequestsPort["committer"] & TurnLoopPort["committer"];
  readonly table: Pick<InstanceTable, "histories">;
  readonly storeClock: Pick<StoreClock, "at">;
  readonly settings: Pick<WorkerSettings, "maxMessagesPerEpisode">;
  readonly parts: Pick<WorkerParts, "executor" | "store" | "scheduler" | "clock" | "log">;
}

/** What one instance takes of a turn that others share: as long as 64 episodes with one message each. */
const MESSAGES_BESIDE_OTHERS = 64;

type Answer = Exclude<EpisodeResult, { readonly kind: "historyNeeded" }>;

/** Turns of orchestrations: one episode each. */
export class EpisodeLoop extends TurnLoop<AskedEpisode, Answer> {
  constructor(port: EpisodeLoopPort) {
    super(port, (loop) => new Episodes(port, loop));
  }
}

class Episodes implements TurnKind<AskedEpisode, Answer> {
  readonly #port: EpisodeLoopPort;
  readonly #loop: TurnLoop<AskedEpisode, Answer>;
  readonly #requests: EpisodeRequests;

  constructor(port: EpisodeLoopPort, loop: TurnLoop<AskedEpisode, Answer>) {
    this.#port = port;
    this.#loop = loop;
    this.#requests = new EpisodeRequests(port, {
      onAnswer: (asked, result) => {
        if (result.kind === "historyNeeded") loop.takesLonger(asked, () => this.#requests.replay(asked));
        else loop.answered(asked, result);
      },
      onPlaceFree: () => loop.onPlaceFree(),
    });
  }

  get asked(): AskedTurns<AskedEpisode> {
    return this.#requests.asked;
  }

  begin(instance: ActiveInstance, turn: number, leaveGate: (() => void) | null): AskedEpisode | null {
    const { settings, storeClock, parts, table, mailWithoutCode } = this.#port;
    const loaded = table.histories.take(instance.no);
    const { maxMessagesPerEpisode: most } = settings;
    const mail = instance.mailbox.take(this.#loop.hasOthers ? Math.min(most, MESSAGES_BESIDE_OTHERS) : most);
    const now = parts.clock.monotonicMs();
    const reception = receive(instance.state, mail.map(messageIn), storeClock.at(now));
    if (reception.taken < mail.length) instance.mailbox.putBack(mail.splice(reception.taken));
    instance.touch(now);
    if (reception.successor !== null && !this.#port.numbers.has(1)) {
      this.#endsOnceNumbered(instance, mail);
      return null;
    }
    // Code that an end in the mailbox would interrupt does not begin: otherwise each try is interrupted before the end is ever taken.
    const isEnding = reception.decision === "run" && instance.mailbox.hasEnd;
    const episode: Episode = { instance, reception: isEnding ? { ...reception, decision: "record" } : reception, mail };
    if (!mailWithoutCode.needsCode(episode)) {
      instance.pass();
      mailWithoutCode.take(episode);
      return null;
    }
    instance.run(mail);
    const asked = new AskedEpisode(instance, reception, mail, turn, leaveGate);
    this.#requests.add(asked, loaded);
    return asked;
  }

  abort(asked: AskedEpisode, reason: AbortReason): void {
    this.#requests.abort(asked, reason);
  }

  take(asked: AskedEpisode, result: Answer): void {
    const { numbers, outcomes } = this.#port;
    const { instance } = asked;
    if (!instance.gone && result.kind === "ran" && !numbers.has(result.actions.length)) {
      const children = result.actions.filter(startsInstance).length;
      if (!numbers.has(children)) {
        this.#loop.takenOnce(asked, result, (isWanted, then) => numbers.whenHas(children, isWanted, then));
        return;
      }
    }
    this.asked.drop(asked);
    if (!instance.gone) outcomes.answered(asked, result);
  }

  /** Its successor has no number yet. */
  #endsOnceNumbered(instance: ActiveInstance, mail: readonly Mail[]): void {
    instance.mailbox.putBack(mail);
    instance.pass();
    const isWanted = () => isAlive(this.#port.phase) && instance.phase === "idle";
    this.#port.numbers.whenHas(1, isWanted, () => this.#loop.enqueue(instance));
  }
}

const startsInstance = ({ kind }: Action) => kind === "callSubOrchestrator" || kind === "startOrchestration";
const messageIn = (mail: Mail) => mail.message;
