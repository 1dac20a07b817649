import { fault } from "../errors/perdure-error.ts";
import type { HeldCall } from "../model/held-call.ts";
import { realClock, realScheduler } from "../process/real-time.ts";
import { runAfter } from "../process/timers.ts";
import type { ThreadEnd, ThreadEvents } from "./app-thread.ts";
import { AppThread } from "./app-thread.ts";
import type { AppThreadsOptions, Killed, Reload } from "./app-threads.ts";
import type { Call } from "./call.ts";
import { CallRouter, CLOSED } from "./call-router.ts";
import type { ServedClient } from "./client-server.ts";
import type { AppInfo, GuestSetup } from "./guest.ts";
import { heldCalls } from "./held-calls.ts";
import { HookRounds } from "./hook-rounds.ts";
import { killThreads } from "./kill-threads.ts";
import { Loadings } from "./loadings.ts";
import { LOOK_EVERY_MS } from "./looks.ts";
import type { Answer, FromThread } from "./messages.ts";
import { OverdueThreads } from "./overdue-threads.ts";
import { Quarantine } from "./quarantine.ts";
import { Retirements } from "./retirements.ts";
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

const nothing = () => {};

/** All threads of an app: how they are started, loaded again, looked at and closed. Which calls they get is the router's. */
export class ThreadFleet implements ThreadEvents {
  readonly #parts: FleetParts;
  readonly #log: ThreadLog;
  readonly #hub = Promise.withResolvers<ServedClient>();
  readonly #hooks = new HookRounds();
  readonly #pool: ThreadPool;
  readonly #quarantine: Quarantine;
  readonly #router: CallRouter;
  readonly #retirements = new Retirements(this.#hooks);
  readonly #loadings = new Loadings();
  readonly #overdue: OverdueThreads;
  #setup: GuestSetup;
  #info: AppInfo | null = null;
  #numbers = 0;
  #isClosed = false;
  #wasReady = true;
  #reloading: Promise<unknown> = Promise.resolve();
  #stopLooking = nothing;

  constructor(parts: FleetParts) {
    this.#parts = parts;
    this.#setup = parts.setup;
    this.#log = new ThreadLog(parts.log);
    this.#quarantine = new Quarantine(
      () => this.#start(),
      (call) => this.#router.runsAlone(call),
      (thread) => this.#retire(thread),
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
    this.#overdue = new OverdueThreads({
      limits: parts,
      moveFrom: (thread) => this.#moveFrom(thread),
      settle: (call, answer) => this.#router.settle(call, answer),
    });
    this.#router = new CallRouter({ pool: this.#pool, quarantine: this.#quarantine, answered: parts.events.answered });
  }

  get info(): AppInfo {
    if (this.#info === null) throw new TypeError("The app is not loaded.");
    return this.#info;
  }

  get isReady(): boolean {
    return this.#pool.isReady;
  }

  get held(): readonly HeldCall[] {
    return heldCalls(this.#threads, (thread) => this.#log.heldBy(thread));
  }

  // --- the app's life ---

  async load(): Promise<void> {
    this.#log.loading(this.#setup);
    const began = realClock.monotonicMs();
    let tell = nothing;
    try {
      const first = this.#pool.start();
      tell = this.#log.begins(this.#setup, first, "Nothing is started before.");
      this.#info = await this.#loadings.wait(first);
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      tell();
    }
    this.#log.loaded(this.#setup, this.#info, realClock.monotonicMs() - began);
    this.#pool.fill();
    this.#lookAgain();
  }

  reload(next: Reload): Promise<AppInfo> {
    const reloaded = this.#reloading.then(() => this.#reload(next));
    this.#reloading = reloaded.catch(nothing);
    return reloaded;
  }

  async #reload({ accepts, signal, ...next }: Reload): Promise<AppInfo> {
    if (this.#isClosed) throw fault("HUB_CLOSED");
    signal?.throwIfAborted();
    const { files, more = {} } = this.#setup;
    this.#setup = { ...this.#setup, ...next };
    const fresh = this.#pool.start();
    const tell = this.#log.begins(this.#setup, fresh, "The code before it runs on.");
    const giveUp = (): void => {
      if (fresh.life === "starting") this.notLoaded(fresh, signal?.reason);
    };
    signal?.addEventListener("abort", giveUp);
    try {
      this.#info = await this.#loadings.wait(fresh, accepts);
    } catch (error) {
      this.#setup = { ...this.#setup, files, more }; // threads that are started later are as the old ones
      throw error;
    } finally {
      tell();
      signal?.removeEventListener("abort", giveUp);
    }
    for (const thread of this.#threads) if (thread !== fresh && !thread.isRetired) this.#retire(thread);
    this.#pool.fill();
    this.#parts.events.offerChanged();
    this.#log.reloaded(this.#setup, this.#info);
    return this.#info;
  }

  kill(): Killed {
    const killed = killThreads(this.#threads, (thread) => this.#parts.events.left(thread));
    return { ...killed, replaced: this.#pool.refill() };
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
    this.#router.close();
    await Promise.all(this.#threads.map((thread) => this.#retirements.close(thread, CLOSED)));
  }

  // --- calls ---

  run(call: Call, cursor: AppThread | null): void {
    this.#router.run(call, cursor);
  }

  runsApart(call: Call): boolean {
    return this.#router.runsApart(call);
  }

  withdraw(call: Call): boolean {
    return this.#router.withdraw(call);
  }

  settle(call: Call, answer: Answer): void {
    this.#router.settle(call, answer);
  }

  // --- ThreadEvents ---

  loaded(thread: AppThread, info: AppInfo): void {
    const begun = this.#loadings.accept(thread, info).then(() => this.#hooks.startOn(thread, info));
    begun.then(
      () => {
        this.#loadings.done(thread, info);
        this.#pool.open(thread);
        this.#quarantine.open(thread);
      },
      (error: Error) => this.notLoaded(thread, error),
    );
  }

  notLoaded(thread: AppThread, error: Error): void {
    if (!this.#loadings.failed(thread, error)) this.#log.failed(this.#setup, error);
    this.#router.notLoaded(thread);
    void thread.kill("it could not load the app", "none");
  }

  answered(thread: AppThread, call: Call, answer: Answer): void {
    this.#router.answered(thread, call, answer);
  }

  withdrawn(call: Call): void {
    this.#router.runAgain(call);
  }

  emptied(thread: AppThread): void {
    this.#retirements.emptied(thread);
  }

  said(_thread: AppThread, message: Extract<FromThread, { readonly kind: "heartbeat" | "log" }>): void {
    if (message.kind === "heartbeat") this.#parts.events.heartbeat(message);
    else (message.of === "engine" ? this.#parts.log : this.#parts.functionLog).write(message.entry);
  }

  ended(thread: AppThread, end: ThreadEnd): void {
    this.#loadings.failed(thread, new Error(`The thread of the app ended before it was loaded: ${end.reason}.`));
    this.#parts.events.left(thread);
    this.#pool.ended(thread);
    this.#quarantine.ended(thread);
    this.#log.gone(thread);
    const findings = this.#router.examine(end);
    if (!this.#isClosed && !thread.isRetired) this.#log.ended(thread, end, findings);
    this.#router.ended(end, findings);
    this.#retirements.ended(thread);
  }

  get #threads(): readonly AppThread[] {
    return [...this.#pool.threads, ...this.#quarantine.threads];
  }

  #start(): AppThread {
    this.#numbers += 1;
    return new AppThread({
      number: this.#numbers,
      setup: this.#setup,
      startLine: this.#parts.startLine,
      hub: this.#hub.promise,
      events: this,
    });
  }

  #readinessMayDiffer(): void {
    const isReady = this.#pool.isReady;
    if (isReady === this.#wasReady || this.#isClosed) return;
    this.#wasReady = isReady;
    this.#parts.events.offerChanged();
  }

  /** No new work: it ends when what it has begun has ended, or time is up. */
  #retire(thread: AppThread): void {
    thread.isRetired = true;
    this.#moveFrom(thread);
    this.#retirements.add(thread);
  }

  #moveFrom(thread: AppThread): void {
    this.#parts.events.left(thread);
    thread.withdraw();
  }

  #lookAgain(): void {
    this.#stopLooking = runAfter(
      LOOK_EVERY_MS,
      () => {
        this.#pool.look();
        this.#quarantine.look();
        for (const thread of this.#threads) this.#overdue.look(thread, this.info);
        this.#log.look(this.#threads, this.#parts.memoryMb);
        this.#lookAgain();
      },
      false,
    );
  }
}
