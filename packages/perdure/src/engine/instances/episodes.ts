import type { EpisodeRun } from "../../core/apply-episode.ts";
import { freshEvents } from "../../core/apply-episode.ts";
import { isDone } from "../../core/fold.ts";
import { earliestTimer } from "../../core/next-wake.ts";
import type { Reception } from "../../core/receive.ts";
import { receive } from "../../core/receive.ts";
import type { EpisodeResult } from "../../model/executor.ts";
import type { HistoryEvent } from "../../model/history.ts";
import { parseHistory } from "../../store/parse.ts";
import { errorText } from "../../telemetry/value-text.ts";
import { functionNotFound } from "../claims/unoffered.ts";
import { gatherEpisode, gatherMail } from "../commits/gather.ts";
import type { Engine } from "../engine.ts";
import { logCommit } from "../engine-events.ts";
import type { ActiveInstance, Mail } from "./instance.ts";
import { NO_MAIL } from "./instance.ts";
import { convict, release, stopInstance } from "./leaving.ts";
import { isSuspectAtRest } from "./load.ts";

/**
 * Episodes started in one turn of the loop. Without slices 256 instances move in step: the engine waits for the writer, then the writer for the
 * engine, both idle 40 % of the time. hello-sequence-5, 256 in flight, one quiet machine, in orchestrations/s: 10,300 without slices, 12,100 with
 * 32, 12,700 with 64, 12,900 with 128 (2026-11-21).
 */
const SLICE = 64;

/** The history in the store is behind memory for a moment: it is read again then. */
const REPLAY_AGAIN_MS = 20;

/**
 * Takes instances from the line and runs one episode of each: messages and due timers in, rows of the gathering batch out. An instance runs
 * one episode at a time; several instances run side by side as far as the executor lets them.
 */
export class EpisodeLoop {
  readonly #engine: Engine;
  #line: ActiveInstance[] = [];
  #head = 0;
  readonly #running = new Set<ActiveInstance>();
  #pumpSoon = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get backlog(): number {
    return this.#line.length - this.#head + this.#running.size;
  }

  get running(): number {
    return this.#running.size;
  }

  enqueue(instance: ActiveInstance): void {
    if (instance.queued || instance.running || instance.gated || instance.leaving || instance.gone) return;
    instance.queued = true;
    this.#line.push(instance);
    this.#pump();
  }

  clear(): void {
    this.#line = [];
    this.#head = 0;
    this.#running.clear();
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
    const { committer, settings, phase } = this.#engine;
    if (phase !== "running" && phase !== "draining") return;
    for (let slice = SLICE; this.#head < this.#line.length && slice > 0; slice--) {
      if (this.#isFull()) committer.seal();
      // What is not durable stays bounded (docs/design/ownership.md 8); the line goes on when the batch in flight is answered.
      if (this.#isFull() || committer.bytes > 4 * settings.maxBatchBytes) break;
      const instance = this.#line[this.#head];
      this.#head += 1;
      if (instance === undefined || instance.gone) continue;
      instance.queued = false;
      this.#run(instance);
    }
    if (this.#head >= this.#line.length) {
      this.#line = [];
      this.#head = 0;
    } else if (this.#head > 1_000) {
      this.#line = this.#line.slice(this.#head);
      this.#head = 0;
    }
    if (this.#running.size === 0) this.#goOn();
  }

  /** Nothing of the slice is under way any more: the writer gets to work on it, if it is free, while the next slice runs. */
  #goOn(): void {
    const { committer } = this.#engine;
    if (!committer.gathering.isEmpty) committer.seal();
    if (this.#head < this.#line.length && !this.#isBlocked()) this.#pump();
  }

  /** No room until the batch in flight is answered. */
  #isBlocked(): boolean {
    const { committer, settings } = this.#engine;
    return committer.isOccupied && (this.#isFull() || committer.bytes > 4 * settings.maxBatchBytes);
  }

  #isFull(): boolean {
    const { committer, settings, episodesPerCommit } = this.#engine;
    const batch = committer.gathering;
    return (
      batch.episodes + this.#running.size >= episodesPerCommit ||
      batch.rows >= settings.maxBatchRows ||
      batch.bytes >= settings.maxBatchBytes
    );
  }

  #run(instance: ActiveInstance): void {
    if (isDone(instance.state)) return;
    const { settings, storeClock, parts } = this.#engine;
    const mail = takeMail(instance, settings.maxMessagesPerEpisode);
    const reception = receive(instance.state, mail.map(messageOf), storeClock.now());
    if (reception.taken < mail.length) instance.mailbox = [...mail.splice(reception.taken), ...instance.mailbox];
    instance.touchedAt = parts.clock.monotonicMs();
    if (reception.verdict === "stop") {
      // The verdict goes, what came before it waits for the next try.
      const before = mail.slice(0, -1);
      gatherMail(this.#engine.committer.gathering, instance, mail.slice(-1));
      convict(this.#engine, instance, { code: "ACTIVITY_POISON", message: reception.poison ?? "" }, before);
      return;
    }
    if (reception.verdict !== "run") {
      this.#finish(instance, reception, mail, null);
      return;
    }
    instance.running = true;
    instance.episodeMail = mail;
    this.#running.add(instance);
    this.#ask(instance, reception, mail, instance.state.episodes === 0 && instance.state.nextSeq === 0 ? [] : null);
  }

  #ask(instance: ActiveInstance, reception: Reception, mail: readonly Mail[], history: readonly HistoryEvent[] | null): void {
    const { state } = instance;
    const { no, instanceId, generation, name, episodes: episode } = state;
    const past = episode === 0 ? [] : history;
    const fresh = freshEvents(state, reception);
    this.#engine.parts.executor.runEpisode({ no, instanceId, generation, name, episode, history: past, fresh }).then(
      (result) => this.#onResult(instance, reception, mail, result),
      (error: unknown) => {
        const message = errorText(error);
        this.#onResult(instance, reception, mail, { kind: "stopped", code: "INTERNAL", message });
      },
    );
  }

  #onResult(instance: ActiveInstance, reception: Reception, mail: readonly Mail[], result: EpisodeResult): void {
    if (instance.gone) {
      this.#running.delete(instance);
      return;
    }
    if (result.kind === "historyNeeded") {
      this.#replay(instance, reception, mail);
      return;
    }
    instance.running = false;
    instance.episodeMail = NO_MAIL;
    this.#running.delete(instance);
    if (result.kind === "stopped") {
      this.#engine.parts.executor.forget(instance.no);
      if (result.code === "FUNCTION_NOT_REGISTERED" && this.#isSettledElsewhere(instance, reception, mail)) return;
      const reason = { code: result.code, message: result.message, codeMayCure: result.code !== "INTERNAL" };
      stopInstance(this.#engine, instance, reason, mail);
      this.#engine.committer.requestSeal();
      return;
    }
    this.#finish(instance, reception, mail, result);
    if (this.#running.size === 0) this.#goOn();
  }

  /**
   * This worker lacks the function. Another has it: the instance goes there. Nobody has: a call of it fails, when it has not begun anywhere; all
   * other instances are stopped, until a worker comes that has it.
   */
  #isSettledElsewhere(instance: ActiveInstance, reception: Reception, mail: readonly Mail[]): boolean {
    const { fleet, unoffered } = this.#engine;
    const { name, parent, started } = instance.state;
    if (!fleet.has("orchestrators", name) && fleet.othersHave("orchestrators", name)) {
      instance.mailbox = [...mail, ...instance.mailbox];
      release(this.#engine, instance);
      return true;
    }
    if (parent === null || started) {
      unoffered.stopped(name);
      return false;
    }
    const failure = functionNotFound(this.#engine, "orchestrators", name);
    this.#finish(instance, reception, mail, { actions: [], outcome: { kind: "failed", failure }, opened: false });
    if (this.#running.size === 0) this.#goOn();
    return true;
  }

  /** There is room for more. */
  onDurable(): void {
    if (this.#head < this.#line.length) this.#pump();
  }

  /** The executor has no cursor: it gets the recorded events, once they are all durable. */
  #replay(instance: ActiveInstance, reception: Reception, mail: readonly Mail[]): void {
    const { committer, parts } = this.#engine;
    const whenDurable = instance.unsettled > 0 ? committer.flushed() : Promise.resolve();
    whenDurable
      .then(() => (instance.gone ? [] : parts.store.loadHistory(instance.no, instance.state.generation)))
      .then(
        (chunks) => {
          if (instance.gone) {
            this.#running.delete(instance);
            return;
          }
          const { nextSeq, waiting } = instance.state;
          const events = parseHistory(chunks);
          const recorded = nextSeq - waiting.length;
          if (events.length < recorded) {
            // Replaying less than what happened would record a lie. What is missing is on its way to the store, or the instance was lost.
            parts.scheduler.after(REPLAY_AGAIN_MS, () => this.#replay(instance, reception, mail));
            return;
          }
          this.#ask(instance, reception, mail, events.slice(0, recorded));
        },
        () => {
          // The store is away: the episode is given up, its mail stays, and it is tried again when the store answers.
          this.#running.delete(instance);
          if (instance.gone) return;
          instance.running = false;
          instance.episodeMail = NO_MAIL;
          instance.mailbox = [...mail, ...instance.mailbox];
          parts.scheduler.after(1_000, () => this.enqueue(instance));
        },
      );
  }

  #finish(instance: ActiveInstance, reception: Reception, mail: readonly Mail[], run: EpisodeRun | null): void {
    const engine = this.#engine;
    const { generation } = instance.state;
    if (run === null && reception.events.length === 0) {
      gatherMail(engine.committer.gathering, instance, mail);
      if (mail.length > 0) engine.committer.requestSeal();
      if (isSuspectAtRest(engine, instance)) release(engine, instance);
      else this.#after(instance);
      return;
    }
    const commit = gatherEpisode(engine, instance, reception, mail, run);
    logCommit(engine, instance, generation, commit);
    if (!engine.settings.keepCursors || commit.next !== null) engine.parts.executor.forget(instance.no);
    this.#after(instance);
  }

  #after(instance: ActiveInstance): void {
    if (isDone(instance.state)) return;
    this.#engine.armTimer(instance);
    const { state } = instance;
    const due = earliestTimer(state);
    const isNewGeneration = !state.started && state.generation > 0 && !state.suspended;
    if (instance.mailbox.length > 0 || isNewGeneration || (due !== null && due <= this.#engine.storeClock.now())) this.enqueue(instance);
  }
}

function takeMail(instance: ActiveInstance, limit: number): Mail[] {
  const { mailbox } = instance;
  if (mailbox.length <= limit) {
    instance.mailbox = [];
    return mailbox;
  }
  instance.mailbox = mailbox.slice(limit);
  return mailbox.slice(0, limit);
}

const messageOf = (mail: Mail) => mail.message;
