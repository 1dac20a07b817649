import { realClock, realScheduler } from "../process/real-time.ts";
import { runAfter } from "../process/timers.ts";
import type { ThreadEnd, ThreadEvents } from "./app-thread.ts";
import { AppThread } from "./app-thread.ts";
import type { AppThreadsOptions } from "./app-threads.ts";
import type { Call } from "./call.ts";
import type { ServedClient } from "./client-server.ts";
import { answerAfterEnd, declinedAnswer, lostAnswer } from "./endings.ts";
import { timedOut, timeoutOf } from "./function-timeouts.ts";
import type { AppInfo, GuestSetup } from "./guest.ts";
import { HookRounds } from "./hook-rounds.ts";
import { LOOK_EVERY_MS } from "./looks.ts";
import type { Answer, FromThread } from "./messages.ts";
import { Quarantine } from "./quarantine.ts";
import { Suspects } from "./suspects.ts";
import type { StartLine } from "./thread-line.ts";
import { ThreadLog } from "./thread-log.ts";
import { ThreadPool } from "./thread-pool.ts";

export interface FleetEvents {
  /** `thread`: null when no thread has answered it. */
  answered(thread: AppThread | null, call: Call, answer: Answer): void;
  heartbeat(message: Extract<FromThread, { readonly kind: "heartbeat" }>): void;
  offerChanged(): void;
  /** The thread gets no more work. */
  left(thread: AppThread): void;
}

export interface FleetParts extends AppThreadsOptions {
  readonly startLine: StartLine;
  readonly events: FleetEvents;
}

/** Given to the old threads of an app that was loaded again, before what still runs there is given up. */
const RELOAD_MS = 10_000;
const CLOSE_MS = 300;
const CLOSED = "the executor was closed";

/** All threads of an app: the pool, the quarantine, and what becomes of calls whose thread has ended. */
export class ThreadFleet implements ThreadEvents {
  readonly #parts: FleetParts;
  readonly #log: ThreadLog;
  readonly #hub = Promise.withResolvers<ServedClient>();
  readonly #suspects = new Suspects();
  readonly #hooks = new HookRounds();
  readonly #pool: ThreadPool;
  readonly #quarantine: Quarantine;
  /** Waits for the app to be loaded: at the start, and when it is loaded again. */
  readonly #loading = new Map<AppThread, { readonly resolve: (info: AppInfo) => void; readonly reject: (error: Error) => void }>();
  readonly #ends = new Map<AppThread, () => void>();
  #setup: GuestSetup;
  #info: AppInfo | null = null;
  #numbers = 0;
  #isClosed = false;
  #wasReady = true;
  #stopLooking: () => void = () => {};

  constructor(parts: FleetParts) {
    this.#parts = parts;
    this.#setup = parts.setup;
    this.#log = new ThreadLog(parts.log);
    this.#quarantine = new Quarantine(
      () => this.#start(),
      (call) => call.isAlone || this.#suspects.runsAlone(call.key),
    );
    this.#pool = new ThreadPool({
      count: parts.threads,
      scheduler: realScheduler(true),
      now: () => realClock.monotonicMs(),
      start: () => this.#start(),
      moveFrom: (thread) => this.#moveFrom(thread),
      held: (thread) => this.#log.held(thread),
      freed: (thread) => this.#log.freed(thread),
      retire: (thread) => this.#retire(thread),
      readinessMayDiffer: () => this.#readinessMayDiffer(),
    });
  }

  get info(): AppInfo {
    if (this.#info === null) throw new TypeError("The app is not loaded.");
    return this.#info;
  }

  get isReady(): boolean {
    return this.#pool.isReady;
  }

  // --- the app's life ---

  async load(): Promise<void> {
    this.#log.loading(this.#setup);
    const began = realClock.monotonicMs();
    try {
      this.#info = await this.#loadedBy(this.#pool.start());
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#log.loaded(this.#setup, this.#info, realClock.monotonicMs() - began);
    this.#pool.fill();
    this.#lookAgain();
  }

  async reload(): Promise<AppInfo> {
    const old = this.#pool.threads;
    const info = await this.#loadedBy(this.#pool.start());
    this.#info = info;
    for (const thread of [...old, ...this.#quarantine.threads]) this.#retire(thread);
    this.#pool.fill();
    this.#parts.events.offerChanged();
    this.#log.reloaded(this.#setup, info);
    return info;
  }

  connect(hub: ServedClient): void {
    this.#hub.resolve(hub);
  }

  originIs(url: string): void {
    this.#setup = { ...this.#setup, publicOrigin: url };
    for (const thread of this.#threads) thread.tell({ kind: "origin", url });
  }

  startHooks(runsWorker: boolean): Promise<void> {
    return this.#hooks.startAll(this.#pool.threads, runsWorker);
  }

  stopHooks(): Promise<void> {
    return this.#hooks.stopAll(this.#threads.filter(({ life }) => life === "ready"));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopLooking();
    this.#pool.close();
    for (const call of [...this.#pool.takeWaiting(), ...this.#quarantine.takeWaiting()]) this.settle(call, lostAnswer(call, CLOSED));
    await Promise.all(this.#threads.map((thread) => this.#close(thread)));
  }

  // --- calls ---

  run(call: Call, cursor: AppThread | null): void {
    if (this.#isClosed) this.settle(call, lostAnswer(call, CLOSED));
    else if (this.runsApart(call)) this.#quarantine.run(call);
    else if (this.#pool.isReady) this.#pool.run(call, cursor);
    else this.settle(call, declinedAnswer(call));
  }

  /** It may be what ends threads, or was asked for alone: then no cursor is kept of it. */
  runsApart(call: Call): boolean {
    return call.isAlone || this.#suspects.isSuspect(call.key);
  }

  /** One that waits for a thread is taken back. False: it does not wait. */
  withdraw(call: Call): boolean {
    return this.#pool.withdraw(call) || this.#quarantine.withdraw(call);
  }

  settle(call: Call, answer: Answer): void {
    if (!call.isOver) this.#parts.events.answered(null, call, answer);
  }

  // --- ThreadEvents ---

  loaded(thread: AppThread, info: AppInfo): void {
    this.#hooks.startOn(thread, info).then(
      () => {
        this.#loading.get(thread)?.resolve(info);
        this.#loading.delete(thread);
        this.#pool.open(thread);
        this.#quarantine.open(thread);
      },
      (error: Error) => this.notLoaded(thread, error),
    );
  }

  notLoaded(thread: AppThread, error: Error): void {
    const waiting = this.#loading.get(thread);
    this.#loading.delete(thread);
    if (waiting === undefined) this.#log.failed(this.#setup, error);
    waiting?.reject(error);
    if (this.#quarantine.has(thread)) for (const call of this.#quarantine.takeWaiting()) this.settle(call, declinedAnswer(call));
    void thread.kill("it could not load the app", "none");
  }

  answered(thread: AppThread, call: Call, answer: Answer): void {
    if (this.#quarantine.has(thread)) {
      if (call.work.kind === "episode") thread.tell({ kind: "forget", no: call.work.request.no });
      this.#quarantine.answered(thread, call);
    }
    if (answer.kind !== "historyNeeded") this.#suspects.clear(call.key);
    if (thread.isRetired && thread.size === 0) thread.tell({ kind: "close" });
    const keepsCursor = this.#pool.has(thread) && !thread.isRetired && thread.life === "ready";
    if (!call.isOver) this.#parts.events.answered(keepsCursor ? thread : null, call, answer);
  }

  said(_thread: AppThread, message: Extract<FromThread, { readonly kind: "heartbeat" | "log" }>): void {
    if (message.kind === "heartbeat") this.#parts.events.heartbeat(message);
    else (message.of === "engine" ? this.#parts.log : this.#parts.functionLog).write(message.entry);
  }

  ended(thread: AppThread, end: ThreadEnd): void {
    const { begun, posted, accused, reason } = end;
    this.#loading.get(thread)?.reject(new Error(`The thread of the app ended before it was loaded: ${reason}.`));
    this.#loading.delete(thread);
    this.#parts.events.left(thread);
    this.#pool.ended(thread);
    this.#quarantine.ended(thread);
    const findings = this.#suspects.examine({ begun: begun.map(({ key }) => key), accused });
    if (!this.#isClosed && !thread.isRetired) this.#log.ended(thread, end, findings);
    for (const call of posted) this.#runAgain(call);
    for (const [index, call] of begun.entries()) {
      const answer = this.#isClosed ? lostAnswer(call, CLOSED) : answerAfterEnd(call, findings[index] ?? "bystander", reason);
      if (answer === null) this.#runAgain(call);
      else this.settle(call, answer);
    }
    if (!this.#pool.isReady)
      for (const call of [...this.#pool.takeWaiting(), ...this.#quarantine.takeWaiting()]) this.settle(call, declinedAnswer(call));
    this.#ends.get(thread)?.();
    this.#ends.delete(thread);
  }

  // --- what becomes of calls ---

  #runAgain(call: Call): void {
    if (call.isOver) return;
    const isOfThread = call.work.kind === "invocation" && call.work.request.kind === "hook";
    if (this.#isClosed || isOfThread) this.settle(call, lostAnswer(call, "its thread has ended"));
    else this.run(call, null);
  }

  // --- threads ---

  get #threads(): readonly AppThread[] {
    return [...this.#pool.threads, ...this.#quarantine.threads];
  }

  #start(): AppThread {
    const { startLine } = this.#parts;
    this.#numbers += 1;
    return new AppThread({ number: this.#numbers, setup: this.#setup, startLine, hub: this.#hub.promise, events: this });
  }

  #loadedBy(thread: AppThread): Promise<AppInfo> {
    return new Promise((resolve, reject) => this.#loading.set(thread, { resolve, reject }));
  }

  #readinessMayDiffer(): void {
    const isReady = this.#pool.isReady;
    if (isReady === this.#wasReady || this.#isClosed) return;
    this.#wasReady = isReady;
    this.#parts.events.offerChanged();
  }

  /** No new work: it ends when its calls have ended, or time is up. */
  #retire(thread: AppThread): void {
    thread.isRetired = true;
    this.#parts.events.left(thread);
    if (thread.size === 0) thread.tell({ kind: "close" });
    else runAfter(RELOAD_MS, () => void thread.kill("the app was loaded again", "none"), false);
  }

  async #close(thread: AppThread): Promise<void> {
    if (thread.life === "ended") return;
    const ended = new Promise<void>((resolve) => this.#ends.set(thread, resolve));
    if (thread.life === "ready") thread.tell({ kind: "close" });
    const cancel = runAfter(thread.life === "ready" ? CLOSE_MS : 0, () => void thread.kill(CLOSED, "none"));
    await ended.finally(cancel);
  }

  #moveFrom(thread: AppThread): void {
    this.#parts.events.left(thread);
    for (const call of thread.withdraw()) this.#runAgain(call);
  }

  #lookAgain(): void {
    this.#stopLooking = runAfter(
      LOOK_EVERY_MS,
      () => {
        this.#pool.look();
        this.#quarantine.look();
        for (const thread of this.#threads) this.#endIfOverdue(thread);
        this.#log.look(this.#threads, this.#parts.memoryMb);
        this.#lookAgain();
      },
      false,
    );
  }

  /** A long computation may finish, within the time that its function has. */
  #endIfOverdue(thread: AppThread): void {
    if (thread.life !== "held") return;
    const holder = thread.turnsAlone;
    const limit = timeoutOf(holder, this.info, this.#parts.functionTimeoutMs);
    if (thread.silence * LOOK_EVERY_MS < limit) return;
    if (holder?.work.kind === "activity") this.settle(holder, { kind: "failed", failure: timedOut(holder.work.request.name, limit) });
    void thread.kill(`it was held for ${limit} ms`, holder ?? "any");
  }
}
