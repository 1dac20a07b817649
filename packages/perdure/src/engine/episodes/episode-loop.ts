import { isDone } from "../../core/fold.ts";
import { receive } from "../../core/receive.ts";
import type { Action } from "../../model/action.ts";
import type { AbortReason, EpisodeResult } from "../../model/executor.ts";
import { Fifo } from "../../model/fifo.ts";
import type { BatchRoom } from "../commits/batch-room.ts";
import type { Committer } from "../commits/committer.ts";
import type { SuspectGate } from "../crashes/suspect-gate.ts";
import { isSuspect } from "../crashes/suspicion.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { Mail } from "../instances/mailbox.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { NumberPool } from "../ownership/number-pool.ts";
import type { Phase } from "../phase.ts";
import { isAlive } from "../phase.ts";
import type { StoreClock } from "../time/store-clock.ts";
import { AskedEpisode } from "./asked-episode.ts";
import type { EpisodeOutcomes } from "./episode-outcomes.ts";
import type { Episode } from "./episode-record.ts";
import type { EpisodeRequestsPort } from "./episode-requests.ts";
import { EpisodeRequests } from "./episode-requests.ts";
import type { MailWithoutCode } from "./mail-without-code.ts";
import type { Redelivery } from "./redelivery.ts";

/**
 * Episodes started in one turn of the loop. Without slices 256 instances move in step: the engine waits for the writer, then the writer for the
 * engine, both idle 40 % of the time. hello-sequence-5, 256 in flight, one quiet machine, in orchestrations/s: 10,300 without slices, 12,100 with
 * 32, 12,700 with 64, 12,900 with 128 (2026-11-21).
 */
const SLICE = 64;

export interface EpisodeLoopPort extends EpisodeRequestsPort {
  readonly phase: Phase;
  readonly batchRoom: BatchRoom;
  readonly numbers: Pick<NumberPool, "has" | "whenHas">;
  readonly gate: SuspectGate;
  readonly outcomes: Pick<EpisodeOutcomes, "answered">;
  readonly mailWithoutCode: Pick<MailWithoutCode, "needsCode" | "take">;
  readonly redelivery: Pick<Redelivery, "answerClients">;
  readonly committer: Pick<Committer, "gathering" | "seal" | "flushed">;
  readonly table: Pick<InstanceTable, "histories">;
  readonly storeClock: Pick<StoreClock, "now">;
  readonly settings: Pick<WorkerSettings, "maxMessagesPerEpisode">;
  readonly parts: Pick<WorkerParts, "executor" | "store" | "scheduler" | "clock" | "log">;
}

interface LateAnswer {
  readonly asked: AskedEpisode;
  readonly result: Exclude<EpisodeResult, { readonly kind: "historyNeeded" }>;
}

/**
 * Takes instances from the line and runs one episode of each: messages and due timers in, rows of the gathering batch out. An instance runs
 * one episode at a time; several instances run side by side as far as the executor lets them.
 *
 * A batch waits for the episodes that were started for it, and no longer than one turn of the event loop: what runs on this thread has answered
 * by then. An answer that comes later (user code on another thread, a history that had to be read) goes into a later batch. So the batch is as
 * large as the work at hand, and no commit waits for the slowest.
 */
export class EpisodeLoop {
  readonly #port: EpisodeLoopPort;
  readonly #requests: EpisodeRequests;
  readonly #line = new Fifo<ActiveInstance>();
  /** Answers that came after their turn: they are taken before new episodes begin. */
  readonly #late = new Fifo<LateAnswer>();
  #turn = 0;
  /** Episodes of this turn without an answer. */
  #awaited = 0;
  readonly #ofTurn: AskedEpisode[] = [];
  #cancelTurnEnd: (() => void) | null = null;
  #pumpSoon = false;
  /** Suspects that wait for their turn among each other; they count as queued. */
  readonly #atGate = new Set<ActiveInstance>();

  constructor(port: EpisodeLoopPort) {
    this.#port = port;
    this.#requests = new EpisodeRequests(port, {
      onAnswer: (asked, result) => this.#onAnswer(asked, result),
      onPlaceFree: () => {
        if (this.#line.length > 0) this.#pump();
      },
    });
  }

  get backlog(): number {
    return this.#line.length + this.#requests.size;
  }

  enqueue(instance: ActiveInstance): void {
    if (instance.isInterrupted) this.giveUp(instance, "terminated");
    if (!instance.queue() && !this.#leavesGate(instance)) return;
    this.#line.push(instance);
    this.#pump();
  }

  clear(): void {
    this.#line.clear();
    this.#late.clear();
    this.#atGate.clear();
    this.#requests.abortAll("lost");
    this.#turn += 1;
    this.#awaited = 0;
    this.#ofTurn.length = 0;
  }

  /** There may be room for more: a batch is durable, or the executor has other places. */
  onRoom(): void {
    if (this.#line.length + this.#late.length > 0) this.#pump();
  }

  /** The instance is to leave, or ends: what is under way of it will not be recorded, and what it had taken waits in its mailbox again. */
  giveUp(instance: ActiveInstance, reason: AbortReason = "shutdown"): void {
    const asked = instance.running ? this.#requests.of(instance) : undefined;
    if (asked === undefined) return;
    this.#requests.abort(asked, reason);
    if (asked.isOf(this.#turn)) this.#awaited -= 1;
    instance.giveUp();
    this.#port.parts.executor.forget(instance.no);
  }

  /** What ends it does not wait for its turn as a suspect. */
  #leavesGate(instance: ActiveInstance): boolean {
    return this.#atGate.size > 0 && instance.mailbox.hasEnd && this.#atGate.delete(instance);
  }

  /** Deferred, so that completions that arrive together are delivered together. */
  #pump(): void {
    if (this.#pumpSoon) return;
    this.#pumpSoon = true;
    this.#port.parts.scheduler.soon(this.#pumped);
  }

  readonly #pumped = (): void => {
    this.#pumpSoon = false;
    this.#runAll();
  };

  #runAll(): void {
    if (!this.#isAlive) return;
    const room = this.#port.batchRoom;
    while (this.#late.length > 0 && room.make(this.#awaited)) this.#takeLate(this.#late.shift());
    for (let slice = SLICE; this.#line.length > 0 && slice > 0 && this.#requests.hasPlace && room.make(this.#awaited); slice--) {
      const instance = this.#line.shift();
      if (instance?.phase !== "queued") continue; // it has left the line
      if (isDone(instance.state)) instance.pass();
      else if (isSuspect(instance.crashes) && !instance.mailbox.hasEnd) this.#runInTurn(instance);
      else this.#run(instance, null);
    }
    if (this.#awaited === 0) this.#endTurn();
    else this.#endTurnSoon();
  }

  #runInTurn(instance: ActiveInstance): void {
    this.#atGate.add(instance);
    this.#port.gate.enter("instance", instance.crashes, (leave) => {
      if (!this.#atGate.delete(instance) || instance.phase !== "queued" || !this.#isAlive) return leave();
      if (!this.#requests.hasPlace) {
        this.#line.push(instance); // others took the places while it was at the gate
        return leave();
      }
      this.#run(instance, leave);
      if (this.#awaited > 0) this.#endTurnSoon();
    });
  }

  #endTurnSoon(): void {
    this.#cancelTurnEnd ??= this.#port.parts.scheduler.soon(() => {
      this.#cancelTurnEnd = null;
      if (this.#awaited === 0) return;
      const late = this.#ofTurn.filter((asked) => asked.isOf(this.#turn) && this.#requests.has(asked));
      this.#turn += 1;
      this.#awaited = 0;
      for (const { instance } of late) this.#outlasts(instance);
      if (this.#isAlive) this.#endTurn();
    });
  }

  /** It is not waited for: neither by its batch, nor by clients, nor by what ends it. */
  #outlasts(instance: ActiveInstance): void {
    if (instance.phase === "running") instance.outlastTurn();
    if (instance.isInterrupted) this.enqueue(instance);
    else if (instance.phase === "away") this.#port.redelivery.answerClients(instance);
  }

  /** Nothing of the turn is awaited any more: the writer gets to work on it, if it is free, while the next slice runs. */
  #endTurn(): void {
    const { committer, batchRoom } = this.#port;
    this.#ofTurn.length = 0;
    // An immediate that has nothing to do costs one more turn of the event loop: 10 µs for each commit of a worker with one instance.
    this.#cancelTurnEnd?.();
    this.#cancelTurnEnd = null;
    if (!committer.gathering.isEmpty) committer.seal();
    const hasNext = this.#late.length > 0 || (this.#line.length > 0 && this.#requests.hasPlace);
    if (hasNext && !batchRoom.isBlocked(this.#awaited)) this.#pump();
  }

  get #isAlive(): boolean {
    return isAlive(this.#port.phase);
  }

  #run(instance: ActiveInstance, leaveGate: (() => void) | null): void {
    const { settings, storeClock, parts, table, mailWithoutCode } = this.#port;
    const loaded = table.histories.take(instance.no);
    const mail = instance.mailbox.take(settings.maxMessagesPerEpisode);
    const reception = receive(instance.state, mail.map(messageIn), storeClock.now());
    if (reception.taken < mail.length) instance.mailbox.putBack(mail.splice(reception.taken));
    instance.touch(parts.clock.monotonicMs());
    if (reception.successor !== null && !this.#port.numbers.has(1)) {
      this.#endsOnceNumbered(instance, mail);
      leaveGate?.();
      return;
    }
    // Code that an end in the mailbox would interrupt does not begin: otherwise each try is interrupted before the end is ever taken.
    const isEnding = reception.decision === "run" && instance.mailbox.hasEnd;
    const episode: Episode = { instance, reception: isEnding ? { ...reception, decision: "record" } : reception, mail };
    if (!mailWithoutCode.needsCode(episode)) {
      instance.pass();
      mailWithoutCode.take(episode);
      leaveGate?.();
      return;
    }
    instance.run(mail);
    this.#awaited += 1;
    const asked = new AskedEpisode(instance, reception, mail, this.#turn, leaveGate);
    this.#ofTurn.push(asked);
    this.#requests.add(asked, loaded);
  }

  #onAnswer(asked: AskedEpisode, result: EpisodeResult): void {
    if (!this.#isAlive) return;
    const isAwaited = asked.isOf(this.#turn);
    if (isAwaited) this.#awaited -= 1;
    if (result.kind === "historyNeeded") {
      asked.leaveTurn();
      this.#requests.replay(asked);
    } else if (isAwaited) this.#takeAnswer(asked, result);
    else {
      this.#requests.freePlace(asked);
      // Those that come together go into one batch.
      this.#late.push({ asked, result });
      this.#pump();
    }
    if (isAwaited && this.#awaited === 0) this.#endTurn();
  }

  #takeLate(answer: LateAnswer | undefined): void {
    if (answer !== undefined && this.#requests.has(answer.asked)) this.#takeAnswer(answer.asked, answer.result);
  }

  #takeAnswer(asked: AskedEpisode, result: LateAnswer["result"]): void {
    const { numbers, outcomes } = this.#port;
    const { instance } = asked;
    if (!instance.gone && result.kind === "ran" && !numbers.has(result.actions.length)) {
      const children = result.actions.filter(startsInstance).length;
      if (!numbers.has(children)) {
        this.#waitsForNumbers(asked, result, children);
        return;
      }
    }
    this.#requests.drop(asked);
    if (!instance.gone) outcomes.answered(asked, result);
  }

  /** It starts more instances than there are numbers: like a late answer it goes into a later batch, and delays nothing meanwhile. */
  #waitsForNumbers(asked: AskedEpisode, result: LateAnswer["result"], count: number): void {
    this.#requests.freePlace(asked);
    asked.leaveTurn();
    this.#outlasts(asked.instance);
    const isWanted = () => this.#isAlive && this.#requests.has(asked);
    this.#port.numbers.whenHas(count, isWanted, () => {
      this.#late.push({ asked, result });
      this.#pump();
    });
  }

  /** Its successor has no number yet. */
  #endsOnceNumbered(instance: ActiveInstance, mail: readonly Mail[]): void {
    instance.mailbox.putBack(mail);
    instance.pass();
    const isWanted = () => this.#isAlive && instance.phase === "idle";
    this.#port.numbers.whenHas(1, isWanted, () => this.enqueue(instance));
  }
}

const startsInstance = ({ kind }: Action) => kind === "callSubOrchestrator" || kind === "startOrchestration";
const messageIn = (mail: Mail) => mail.message;
