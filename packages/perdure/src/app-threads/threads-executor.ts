import type { EntityBatchRequest } from "../model/entity-batch.ts";
import type {
  AbortReason,
  ActivityRequest,
  ActivityResult,
  EntityBatchResult,
  EpisodeKey,
  EpisodeRequest,
  EpisodeResult,
  HeartbeatListener,
  Lost,
  Offer,
  TaskKey,
} from "../model/executor.ts";
import { fixedOffer } from "../model/executor.ts";
import { FreshMap } from "../model/fresh-map.ts";
import { byKind } from "../model/function-kind.ts";
import type { HeldCall } from "../model/held-call.ts";
import type { InstanceNo } from "../model/ids.ts";
import { LinkedSet } from "../model/linked-set.ts";
import type { AppThread } from "./app-thread.ts";
import type { AppThreads, Killed, Reload } from "./app-threads.ts";
import { Call } from "./call.ts";
import type { ServedClient } from "./client-server.ts";
import { lostAnswer } from "./endings.ts";
import type { AppInfo, Invocation, InvocationResult } from "./guest.ts";
import type { Answer, FromThread } from "./messages.ts";
import type { FleetParts } from "./thread-fleet.ts";
import { ThreadFleet } from "./thread-fleet.ts";

const HISTORY_NEEDED: EpisodeResult = { kind: "historyNeeded" };
const CLOSED = { kind: "lost", atFault: false, reason: "The executor was closed" } as const satisfies Lost;

/** The executor's port before the threads of an app: which calls are open, and which thread has the cursor of which instance. */
export class ThreadsExecutor implements AppThreads {
  readonly wantsRecorded = false;
  readonly #fleet: ThreadFleet;
  #offer: Offer | null = null;
  readonly #episodes = new FreshMap<InstanceNo, Call<"episode">>();
  readonly #activities = new LinkedSet<Call>();
  readonly #entities = new LinkedSet<Call>();
  readonly #cursors = new FreshMap<InstanceNo, AppThread>();
  readonly #offerListeners = new Set<() => void>();
  readonly #heartbeatListeners = new Set<HeartbeatListener>();
  #isDrained = false;

  constructor(parts: Omit<FleetParts, "events">) {
    this.#fleet = new ThreadFleet({
      ...parts,
      events: {
        answered: (thread, call, answer) => this.#answered(thread, call, answer),
        heartbeat: (message) => this.#beat(message),
        offerChanged: () => this.#offerChanged(),
        left: (thread) => this.#left(thread),
      },
    });
  }

  load(): Promise<void> {
    return this.#fleet.load();
  }

  get info(): AppInfo {
    return this.#fleet.info;
  }

  // --- AppThreads ---

  connect(hub: ServedClient): void {
    this.#fleet.connect(hub);
  }

  originIs(url: string): void {
    this.#fleet.originIs(url);
  }

  async invoke(request: Invocation, signal?: AbortSignal): Promise<InvocationResult> {
    const call = new Call<"invocation">({ kind: "invocation", request });
    const abort = (): void => call.thread?.tell({ kind: "abortInvocation", id: request.id });
    signal?.addEventListener("abort", abort, { once: true });
    this.#fleet.run(call, null);
    try {
      return await call.answer;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  startHooks(runsWorker: boolean): Promise<void> {
    return this.#fleet.startHooks(runsWorker);
  }

  stopHooks(): Promise<void> {
    return this.#fleet.stopHooks();
  }

  reload(next: Reload = {}): Promise<AppInfo> {
    return this.#fleet.reload(next);
  }

  kill(): Killed {
    return this.#fleet.kill();
  }

  drain(): void {
    this.#isDrained = true;
    for (const call of [...this.#episodes.values(), ...this.#activities, ...this.#entities]) {
      this.#fleet.withdraw(call);
      this.#fleet.settle(call, lostAnswer(call, CLOSED.reason));
    }
    this.#episodes.clear();
    this.#activities.clear();
    this.#entities.clear();
  }

  async close(): Promise<void> {
    this.drain();
    await this.#fleet.close();
  }

  // --- Executor ---

  get offer(): Offer {
    this.#offer ??= offerOf(this.#fleet.info, this.#fleet.isReady);
    return this.#offer;
  }

  get held(): readonly HeldCall[] {
    return this.#fleet.held;
  }

  onOffer(listener: () => void): () => void {
    this.#offerListeners.add(listener);
    return () => this.#offerListeners.delete(listener);
  }

  onHeartbeat(listener: HeartbeatListener): () => void {
    this.#heartbeatListeners.add(listener);
    return () => this.#heartbeatListeners.delete(listener);
  }

  runEpisode(request: EpisodeRequest): Promise<EpisodeResult> {
    if (this.#isDrained) return Promise.resolve(CLOSED);
    const call = new Call<"episode">({ kind: "episode", request });
    const cursor = this.#fleet.runsApart(call) ? null : (this.#cursors.get(request.no) ?? null);
    if (request.history === null && request.episode > 0 && cursor === null) return Promise.resolve(HISTORY_NEEDED);
    this.#episodes.set(request.no, call);
    this.#fleet.run(call, cursor);
    return call.answer;
  }

  runActivity(request: ActivityRequest): Promise<ActivityResult> {
    if (this.#isDrained) return Promise.resolve(CLOSED);
    const call = new Call<"activity">({ kind: "activity", request });
    this.#activities.add(call);
    this.#fleet.run(call, null);
    return call.answer;
  }

  runEntityBatch(request: EntityBatchRequest): Promise<EntityBatchResult> {
    if (this.#isDrained) return Promise.resolve(CLOSED);
    const call = new Call<"entity">({ kind: "entity", request });
    this.#entities.add(call);
    this.#fleet.run(call, null);
    return call.answer;
  }

  abortEpisode({ no, attempt }: EpisodeKey, reason: AbortReason): void {
    const call = this.#episodes.get(no);
    if (call?.work.kind !== "episode" || call.work.request.attempt !== attempt) return;
    this.#episodes.delete(no);
    this.#cursors.delete(no);
    call.aborted ??= reason;
    if (!this.#fleet.withdraw(call)) call.thread?.tell({ kind: "abortEpisode", episode: { no, attempt }, reason });
    call.notRun({ kind: "lost", atFault: false, reason: `it was aborted (${reason})` });
  }

  abortActivity(task: TaskKey, reason: AbortReason): void {
    const call = this.#activityOf(task);
    if (call === null) return;
    const { no, generation, eventId } = task;
    call.aborted ??= reason;
    if (this.#fleet.withdraw(call)) this.#fleet.settle(call, { kind: "aborted", reason });
    else call.thread?.tell({ kind: "abortActivity", task: { no, generation, eventId }, reason });
  }

  forget(no: InstanceNo): void {
    this.#cursors.get(no)?.tell({ kind: "forget", no });
    this.#cursors.delete(no);
  }

  // --- what the fleet tells ---

  /** `thread`: null when no thread has answered it. */
  #answered(thread: AppThread | null, call: Call, answer: Answer): void {
    const { work } = call;
    switch (work.kind) {
      case "episode":
        this.#episodeAnswered(thread, call, work.request, answer as EpisodeResult);
        break;
      case "activity":
        this.#activities.delete(call);
        break;
      case "entity":
        this.#entities.delete(call);
        break;
      case "invocation":
        break;
    }
    call.settle(answer);
  }

  #episodeAnswered(thread: AppThread | null, call: Call, { no }: EpisodeRequest, answer: EpisodeResult): void {
    if (this.#episodes.get(no) === call) this.#episodes.delete(no);
    if (answer.kind === "historyNeeded") return; // it may have a reason to be asked again there
    if (thread !== null && answer.kind === "ran" && answer.outcome === null) this.#cursors.set(no, thread);
    else this.#cursors.delete(no);
  }

  /** A search, since hardly any is ever aborted: a key for each would cost more. */
  #activityOf(task: TaskKey): Call | null {
    for (const call of this.#activities) if (call.isFor(task)) return call;
    return null;
  }

  #beat({ task, progress }: Extract<FromThread, { readonly kind: "heartbeat" }>): void {
    const call = this.#activityOf(task);
    // Should its thread end, the next run begins from there.
    if (call?.work.kind === "activity") call.work = { kind: "activity", request: { ...call.work.request, progress } };
    for (const listener of this.#heartbeatListeners) listener(task, progress);
  }

  #offerChanged(): void {
    this.#offer = null;
    for (const listener of this.#offerListeners) listener();
  }

  /** It gets no more work: what it has not begun, or ended with, is replayed elsewhere. */
  #left(thread: AppThread): void {
    for (const no of [...this.#cursors.keys()]) {
      if (this.#cursors.get(no) !== thread) continue;
      this.#cursors.delete(no);
      if (this.#episodes.get(no)?.thread !== thread) thread.tell({ kind: "forget", no });
    }
  }
}

function offerOf({ functions, takenVersions }: AppInfo, isReady: boolean): Offer {
  const offer = fixedOffer(functions);
  const all = byKind((kind) => ({ ...offer[kind], ready: isReady }));
  return takenVersions === undefined ? all : { ...all, orchestrator: { ...all.orchestrator, versions: takenVersions } };
}
