import { freshEvents } from "../../core/apply-episode.ts";
import { isDone } from "../../core/fold.ts";
import { receive } from "../../core/receive.ts";
import type { AbortReason, EpisodeResult } from "../../model/executor.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { Linked } from "../../model/linked-set.ts";
import { LinkedSet } from "../../model/linked-set.ts";
import { parseHistory } from "../../store/parse.ts";
import type { HistoryChunk } from "../../store/rows.ts";
import { askForEpisode, lostBy } from "../ask-executor.ts";
import { isAlone, isSuspect } from "../claims/suspicion.ts";
import type { Engine } from "../engine.ts";
import { Fifo } from "../fifo.ts";
import type { Episode } from "./finish-episode.ts";
import { endWithoutRecord, finishEpisode } from "./finish-episode.ts";
import type { ActiveInstance } from "./instance.ts";
import { convict, stopUnreadable } from "./leaving.ts";
import type { Mail } from "./mailbox.ts";
import { isNotRun, redeliver } from "./redelivery.ts";

/**
 * Episodes started in one turn of the loop. Without slices 256 instances move in step: the engine waits for the writer, then the writer for the
 * engine, both idle 40 % of the time. hello-sequence-5, 256 in flight, one quiet machine, in orchestrations/s: 10,300 without slices, 12,100 with
 * 32, 12,700 with 64, 12,900 with 128 (2026-11-21).
 */
const SLICE = 64;

/** The history in the store is behind memory for a moment: it is read again then. */
const REPLAY_AGAIN_MS = 20;

/** No batch waits for it. */
const NO_TURN = -1;

/** An episode that the executor was asked for and whose answer is not in a batch yet. */
interface Asked extends Episode, Linked<Asked> {
  /** The turn that asked for it. Its batch waits for it until that turn is over. */
  turn: number;
  /** Of the last request for it. */
  attempt: number;
  /** It has a place of the executor, or is about to have one again: there is no answer yet. */
  isAway: boolean;
  /** Tells the gate of suspects that it does not run any more. */
  readonly leaveGate: (() => void) | null;
}

interface LateAnswer {
  readonly asked: Asked;
  readonly result: Exclude<EpisodeResult, { readonly kind: "historyNeeded" }>;
}

/**
 * Takes instances from the line and runs one episode of each: messages and due timers in, rows of the gathering batch out. An instance runs
 * one episode at a time; several instances run side by side as far as the executor lets them.
 *
 * A batch waits for the episodes that were started for it, and no longer than one turn of the event loop: what runs on this thread has answered
 * by then. An answer that comes later (user code on another thread, a history that had to be read) goes into a later batch. So the batch is as
 * large as the work at hand, and nobody's commit waits for the slowest.
 */
export class EpisodeLoop {
  readonly #engine: Engine;
  readonly #line = new Fifo<ActiveInstance>();
  /** Answers that came after their turn: they are taken before new episodes begin. */
  readonly #late = new Fifo<LateAnswer>();
  readonly #asked = new LinkedSet<Asked>();
  /** Those in `#asked` without an answer: so many places of the executor are taken. */
  #away = 0;
  #turn = 0;
  /** Episodes of this turn without an answer. */
  #awaited = 0;
  #turnEndsSoon = false;
  #pumpSoon = false;
  #attempts = 0;
  /** Suspects that wait for their turn among each other; they count as queued. */
  readonly #atGate = new Set<ActiveInstance>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get backlog(): number {
    return this.#line.length + this.#asked.size;
  }

  enqueue(instance: ActiveInstance): void {
    if (!instance.queue() && !this.#leavesGate(instance)) return;
    this.#line.push(instance);
    this.#pump();
  }

  clear(): void {
    this.#line.clear();
    this.#late.clear();
    this.#atGate.clear();
    for (const asked of [...this.#asked]) this.#abort(asked, "lost");
    this.#turn += 1;
    this.#awaited = 0;
  }

  /** There may be room for more: a batch is durable, or the executor has other places. */
  onRoom(): void {
    if (this.#line.length + this.#late.length > 0) this.#pump();
  }

  /** The instance is to leave: what is under way of it will not be recorded, and what it had taken waits in its mailbox again. */
  giveUp(instance: ActiveInstance): void {
    if (!instance.running) return;
    for (const asked of this.#asked) {
      if (asked.instance !== instance) continue;
      this.#abort(asked, "shutdown");
      if (asked.turn === this.#turn) this.#awaited -= 1;
      instance.giveUp();
      this.#engine.parts.executor.forget(instance.no);
      return;
    }
  }

  /** Nobody waits for the answer any more. */
  #abort(asked: Asked, reason: AbortReason): void {
    this.#drop(asked);
    this.#engine.parts.executor.abortEpisode({ no: asked.instance.no, attempt: asked.attempt }, reason);
  }

  #drop(asked: Asked): boolean {
    const wasAsked = this.#asked.delete(asked);
    this.#freePlace(asked);
    asked.leaveGate?.();
    return wasAsked;
  }

  /** Its place is for the next in line: nothing else wakes a line that waits for a place. */
  #freePlace(asked: Asked): void {
    if (!asked.isAway) return;
    asked.isAway = false;
    this.#away -= 1;
    if (this.#line.length > 0 && this.#engine.parts.executor.offer.orchestrator.capacity !== null) this.#pump();
  }

  /** What ends it does not wait for its turn as a suspect. */
  #leavesGate(instance: ActiveInstance): boolean {
    return this.#atGate.size > 0 && instance.mailbox.hasEnd && this.#atGate.delete(instance);
  }

  /** Deferred, so that completions that arrive together are delivered together. */
  #pump(): void {
    if (this.#pumpSoon) return;
    this.#pumpSoon = true;
    this.#engine.parts.scheduler.soon(() => {
      this.#pumpSoon = false;
      this.#runAll();
    });
  }

  #runAll(): void {
    if (!this.#isAlive) return;
    while (this.#late.length > 0 && this.#hasRoom()) this.#takeLate(this.#late.shift());
    for (let slice = SLICE; this.#line.length > 0 && slice > 0 && this.#hasPlace && this.#hasRoom(); slice--) {
      const instance = this.#line.shift();
      if (instance?.phase !== "queued") continue; // it has left the line
      if (isDone(instance.state)) instance.pass();
      else if (isSuspect(instance.crashes) && !instance.mailbox.hasEnd) this.#runInTurn(instance);
      else this.#run(instance, null);
    }
    if (this.#awaited === 0) this.#goOn();
    else this.#endTurnSoon();
  }

  #runInTurn(instance: ActiveInstance): void {
    this.#atGate.add(instance);
    this.#engine.gate.enter("instance", instance.crashes, (leave) => {
      if (!this.#atGate.delete(instance) || instance.phase !== "queued" || !this.#isAlive) return leave();
      if (!this.#hasPlace) {
        this.#line.push(instance); // others took the places while it was at the gate
        return leave();
      }
      this.#run(instance, leave);
      if (this.#awaited > 0) this.#endTurnSoon();
    });
  }

  #endTurnSoon(): void {
    if (this.#turnEndsSoon) return;
    this.#turnEndsSoon = true;
    this.#engine.parts.scheduler.soon(() => {
      this.#turnEndsSoon = false;
      if (this.#awaited === 0) return;
      this.#turn += 1;
      this.#awaited = 0;
      if (this.#isAlive) this.#goOn();
    });
  }

  /** Nothing of the turn is awaited any more: the writer gets to work on it, if it is free, while the next slice runs. */
  #goOn(): void {
    const { committer } = this.#engine;
    if (!committer.gathering.isEmpty) committer.seal();
    const hasNext = this.#late.length > 0 || (this.#line.length > 0 && this.#hasPlace);
    if (hasNext && !this.#isBlocked()) this.#pump();
  }

  get #isAlive(): boolean {
    const { phase } = this.#engine;
    return phase === "running" || phase === "draining";
  }

  /** The executor takes one more. Answers need no place of it. */
  get #hasPlace(): boolean {
    const { capacity } = this.#engine.parts.executor.offer.orchestrator;
    return capacity === null || this.#away < capacity;
  }

  /** Room for what one more episode records; for its sake a full batch is sealed, if the writer is free. */
  #hasRoom(): boolean {
    if (this.#isFull()) this.#engine.committer.seal();
    return !this.#isFull() && !this.#isTooMuch();
  }

  /** No room until the batch in flight is answered. */
  #isBlocked(): boolean {
    return this.#engine.committer.isOccupied && (this.#isFull() || this.#isTooMuch());
  }

  /** What is not durable stays bounded (docs/design/ownership.md 8); the line moves on when the batch in flight is answered. */
  #isTooMuch(): boolean {
    const { committer, settings } = this.#engine;
    return committer.bytes > 4 * settings.maxBatchBytes;
  }

  #isFull(): boolean {
    const { committer, settings, episodesPerCommit } = this.#engine;
    const batch = committer.gathering;
    return (
      batch.episodes + this.#awaited >= episodesPerCommit || batch.rows >= settings.maxBatchRows || batch.bytes >= settings.maxBatchBytes
    );
  }

  #run(instance: ActiveInstance, leaveGate: (() => void) | null): void {
    const { settings, storeClock, parts, table } = this.#engine;
    const loaded = table.histories.take(instance.no);
    const mail = instance.mailbox.take(settings.maxMessagesPerEpisode);
    const reception = receive(instance.state, mail.map(messageIn), storeClock.now());
    if (reception.taken < mail.length) instance.mailbox.putBack(mail.splice(reception.taken));
    instance.touch(parts.clock.monotonicMs());
    if (reception.verdict !== "run") {
      instance.pass();
      this.#consume({ instance, reception, mail });
      leaveGate?.();
      return;
    }
    instance.run(mail);
    const asked: Asked = { instance, reception, mail, turn: this.#turn, attempt: 0, isAway: true, leaveGate, before: null, after: null };
    this.#asked.add(asked);
    this.#away += 1;
    this.#awaited += 1;
    this.#ask(asked, recordedOf(instance, loaded ?? []));
  }

  /** No code runs. */
  #consume({ instance, reception, mail }: Episode): void {
    if (reception.verdict === "stop") {
      // The stop is dropped, what came before it waits for the next try.
      const before = mail.slice(0, -1);
      this.#engine.committer.gathering.consume(instance, mail.slice(-1));
      convict(this.#engine, instance, { code: "ACTIVITY_POISON", message: reception.poison ?? "" }, before);
      return;
    }
    finishEpisode(this.#engine, { instance, reception, mail }, null);
  }

  #ask(asked: Asked, history: readonly HistoryEvent[] | null): void {
    const { state, crashes } = asked.instance;
    const { no, instanceId, generation, name, version, episodes: episode } = state;
    this.#attempts += 1;
    const attempt = this.#attempts;
    asked.attempt = attempt;
    const past = episode === 0 ? [] : history;
    const fresh = freshEvents(state, asked.reception);
    const request = { no, attempt, instanceId, generation, name, version, alone: isAlone(crashes), episode, history: past, fresh };
    const { executor } = this.#engine.parts;
    const { recorded } = asked.instance;
    const whole = recorded === null || past !== null ? request : { ...request, recorded };
    askForEpisode(executor, whole).then(
      (result) => this.#onResult(asked, result),
      (error: unknown) => this.#onResult(asked, lostBy(error)),
    );
  }

  #onResult(asked: Asked, result: EpisodeResult): void {
    if (!this.#isAlive || !this.#asked.has(asked)) return;
    const isAwaited = asked.turn === this.#turn;
    if (isAwaited) this.#awaited -= 1;
    if (result.kind === "historyNeeded") this.#load(asked);
    else if (isAwaited) this.#settle(asked, result);
    else {
      this.#freePlace(asked);
      // Those that come together go into one batch.
      this.#late.push({ asked, result });
      this.#pump();
    }
    if (isAwaited && this.#awaited === 0) this.#goOn();
  }

  #takeLate(answer: LateAnswer | undefined): void {
    if (answer !== undefined && this.#asked.has(answer.asked)) this.#settle(answer.asked, answer.result);
  }

  #settle(asked: Asked, result: LateAnswer["result"]): void {
    const { instance } = asked;
    this.#drop(asked);
    if (instance.gone) return;
    if (isNotRun(result)) {
      redeliver(this.#engine, instance, result);
      return;
    }
    instance.settle();
    if (result.kind === "stopped") endWithoutRecord(this.#engine, asked, result);
    else finishEpisode(this.#engine, asked, result);
  }

  #load(asked: Asked): void {
    asked.turn = NO_TURN;
    if (asked.instance.gone) this.#drop(asked);
    else {
      asked.instance.load();
      this.#replay(asked);
    }
  }

  /** The executor has no cursor: it gets the recorded events, once they are all durable. */
  #replay(asked: Asked): void {
    const { committer, parts } = this.#engine;
    const { instance } = asked;
    const whenDurable = instance.unsettled > 0 ? committer.flushed() : Promise.resolve();
    whenDurable
      .then(() => (instance.gone ? [] : parts.store.loadHistory(instance.no, instance.state.generation)))
      .then(
        (chunks) => {
          if (!this.#asked.has(asked) || instance.gone) {
            this.#drop(asked);
            return;
          }
          const events = this.#read(asked, chunks);
          if (events === null) return;
          const recorded = recordedOf(instance, events);
          if (recorded === null) {
            // What is missing is on its way to the store, or the instance was lost.
            parts.scheduler.after(REPLAY_AGAIN_MS, () => this.#replay(asked));
            return;
          }
          instance.loaded();
          this.#ask(asked, recorded);
        },
        () => {
          // The store is away: the episode is given up, its mail stays, and it is tried again when the store answers.
          if (!this.#drop(asked) || instance.gone) return;
          instance.giveUp();
          parts.scheduler.after(1_000, () => this.enqueue(instance));
        },
      );
  }

  /** Null: its instance is stopped, as one that is unreadable when it is loaded. */
  #read(asked: Asked, chunks: readonly HistoryChunk[]): readonly HistoryEvent[] | null {
    try {
      return parseHistory(chunks);
    } catch (error) {
      const { instance, mail } = asked;
      this.#drop(asked);
      instance.settle();
      this.#engine.parts.executor.forget(instance.no);
      stopUnreadable(this.#engine, instance, error, mail);
      return null;
    }
  }
}

/** What was delivered of its history; null when the events do not reach that far: replaying less than what happened would record a lie. */
function recordedOf({ state }: ActiveInstance, events: readonly HistoryEvent[]): readonly HistoryEvent[] | null {
  const recorded = state.nextSeq - state.waiting.length;
  return events.length < recorded ? null : events.slice(0, recorded);
}

const messageIn = (mail: Mail) => mail.message;
