import type { Action } from "../model/action.ts";
import { isEditMark } from "../model/edit-mark.ts";
import type { EpisodeResult, Executor } from "../model/executor.ts";
import type { ExecutionStarted, HistoryEvent } from "../model/history.ts";
import type { InstanceNo } from "../model/ids.ts";
import type { HistoryAppend } from "../store/commit.ts";
import type { Store } from "../store/contract.ts";
import { parseHistory } from "../store/parse.ts";
import type { HistoryChunk } from "../store/rows.ts";
import { interceptStore } from "./store-proxy.ts";

/** A recorded episode that a new cursor did not repeat. */
export interface ReplayMismatch {
  readonly no: InstanceNo;
  readonly instanceId: string;
  readonly generation: number;
  /** 0, 1, 2 … within the generation. */
  readonly episode: number;
  readonly detail: string;
}

export interface ReplayCheckerOptions {
  /** A second executor over the same functions; it is never asked to run an activity. */
  readonly executor: Executor;
  readonly onMismatch: (mismatch: ReplayMismatch) => void;
  /** Episodes beyond this one of a generation are checked only now and then (each power of two): a check costs the whole history. Default 200. */
  readonly everyEpisodeUpTo?: number;
}

const DEFAULT_EVERY = 200;

/**
 * After every episode that a commit made durable, a new cursor over the committed bytes must ask for the same actions. It reads what the store
 * has, not what the engine meant to write.
 */
export class ReplayChecker {
  readonly #options: ReplayCheckerOptions;
  readonly #ids = new Map<InstanceNo, string>();
  readonly #parsed = new WeakMap<HistoryChunk, readonly HistoryEvent[]>();
  #line: Promise<void> = Promise.resolve();
  #pending = 0;
  /** Episodes repeated. */
  checked = 0;

  constructor(options: ReplayCheckerOptions) {
    this.#options = options;
  }

  /** The same store, whose commits are checked. The answer of a commit does not wait for the check. */
  watch(store: Store): Store {
    return {
      ...interceptStore(store, (_, call) => call()),
      commit: async (batch) => {
        const receipt = await store.commit(batch);
        const refused = new Set(receipt.notStarted);
        for (const create of batch.creates) this.#ids.set(create.no, create.start.instanceId);
        for (const append of batch.history) if (!refused.has(append.no)) this.#enqueue(store, append);
        return receipt;
      },
      load: async (nos) => {
        const loaded = await store.load(nos);
        for (const { row } of loaded) this.#ids.set(row.no, row.instanceId);
        return loaded;
      },
    };
  }

  /** True while a check is under way: no result yet. */
  get isBusy(): boolean {
    return this.#pending > 0;
  }

  /** Resolves when all checks asked for up to now are done. */
  idle(): Promise<void> {
    return this.#line;
  }

  #enqueue(store: Store, append: HistoryAppend): void {
    this.#pending += 1;
    const check = this.#line.then(() => this.#check(store, append));
    this.#line = check
      .catch(() => {})
      .then(() => {
        this.#pending -= 1;
      });
  }

  async #check(store: Store, append: HistoryAppend): Promise<void> {
    const { no, generation } = append;
    const events = this.#read(await store.loadHistory(no, generation));
    const started = events.find((event) => event.kind === "ExecutionStarted");
    if (started === undefined) return; // nothing has run, or the instance was replaced meanwhile
    const instanceId = this.#ids.get(no) ?? (await store.load([no]))[0]?.row.instanceId;
    if (instanceId === undefined) return;
    // What stands before the mark of a fork names the children of the original.
    const forked = events.findLastIndex((event) => event.kind === "ExecutionForked");
    for (const episode of episodesOf(events)) {
      if (episode.opensAt < forked) continue;
      if (episode.opensAt < append.firstSeq || episode.opensAt >= append.firstSeq + append.count) continue;
      if (!this.#isChosen(episode.number)) continue;
      const detail = await this.#repeat({ no, instanceId, generation }, started, events, episode);
      if (detail !== null) this.#options.onMismatch({ no, instanceId, generation, episode: episode.number, detail });
    }
  }

  /** After each commit the whole history is read: a store in memory gives the same chunks again, which are parsed once. */
  #read(chunks: readonly HistoryChunk[]): readonly HistoryEvent[] {
    return chunks.flatMap((chunk) => {
      const known = this.#parsed.get(chunk) ?? parseHistory([chunk]);
      this.#parsed.set(chunk, known);
      return known;
    });
  }

  #isChosen(episode: number): boolean {
    return episode < (this.#options.everyEpisodeUpTo ?? DEFAULT_EVERY) || (episode & (episode - 1)) === 0;
  }

  async #repeat(
    where: { readonly no: InstanceNo; readonly instanceId: string; readonly generation: number },
    started: ExecutionStarted,
    events: readonly HistoryEvent[],
    episode: Episode,
  ): Promise<string | null> {
    const { executor } = this.#options;
    const history = events.slice(0, episode.from);
    const fresh = events.slice(episode.from, episode.actionsFrom);
    const id = where.instanceId as Parameters<Executor["runEpisode"]>[0]["instanceId"];
    executor.forget(where.no);
    const { name, version } = started;
    const place = { ...where, attempt: this.checked, alone: false, instanceId: id, name, version, episode: episode.number };
    const result = await executor.runEpisode({ ...place, history, fresh });
    executor.forget(where.no);
    this.checked += 1;
    return difference(result, events, episode);
  }
}

interface Episode {
  readonly number: number;
  /** Its first event: what came in before it opened. */
  readonly from: number;
  /** Its OrchestratorStarted. */
  readonly opensAt: number;
  readonly actionsFrom: number;
  /** Its OrchestratorCompleted. */
  readonly closesAt: number;
}

function episodesOf(events: readonly HistoryEvent[]): readonly Episode[] {
  const episodes: Episode[] = [];
  let from = 0;
  let opensAt = -1;
  for (const [at, event] of events.entries()) {
    if (event.kind === "OrchestratorStarted") opensAt = at;
    if (event.kind !== "OrchestratorCompleted" || opensAt < 0) continue;
    const actionsFrom = events[opensAt + 1]?.kind === "ExecutionStarted" ? opensAt + 2 : opensAt + 1;
    episodes.push({ number: episodes.length, from, opensAt, actionsFrom, closesAt: at });
    from = at + 1;
    opensAt = -1;
  }
  return episodes;
}

/** What the new cursor did otherwise, or null when it did the same. */
function difference(result: EpisodeResult, events: readonly HistoryEvent[], episode: Episode): string | null {
  if (result.kind === "historyNeeded") return "the executor asked for the history that it had been given";
  if (result.kind === "lost" || result.kind === "declined" || result.kind === "poison") return `the executor has ${result.kind} it`;
  if (result.kind === "stopped") return `replay stopped (${result.code}): ${result.message}`;
  const recorded = events.slice(episode.actionsFrom, episode.closesAt).map(recordedText);
  const asked = result.actions.map(askedText);
  for (let i = 0; i < Math.max(recorded.length, asked.length); i++) {
    if (recorded[i] !== asked[i])
      return `action ${i} is recorded as ${recorded[i] ?? "nothing"}, and replay asks for ${asked[i] ?? "nothing"}`;
  }
  const closed = events[episode.closesAt];
  const dropped = closed?.kind === "OrchestratorCompleted" ? droppedText(closed.droppedEvents) : "";
  if (dropped !== droppedText(result.droppedEvents))
    return `the episode is recorded to drop ${dropped}, and replay drops ${droppedText(result.droppedEvents)}`;
  const waits = [...waitedFor(events, episode)].join();
  const wouldWait = (result.openEvents ?? []).join();
  if (result.outcome === null && waits !== wouldWait && !wasGivenMore(events, episode))
    return `the episode is recorded to wait for events "${waits}", and replay waits for "${wouldWait}"`;
  const ended = endText(events.slice(episode.closesAt + 1));
  const ends = outcomeText(result);
  return ended === null || ended === ends ? null : `the episode is recorded to end ${ended}, and replay ends ${ends}`;
}

/** Something that this episode or one before it was given was taken out of the history later: what it waited for then is not what it waits for now. */
function wasGivenMore(events: readonly HistoryEvent[], { closesAt, number }: Episode): boolean {
  return events.some((event, at) => at > closesAt && isEditMark(event) && event.firstEdited > 0 && event.firstEdited <= number + 1);
}

function waitedFor(events: readonly HistoryEvent[], { closesAt }: Episode): readonly string[] {
  for (let at = closesAt; at >= 0; at -= 1) {
    const event = events[at];
    if (event?.kind === "OrchestratorCompleted" && event.openEvents !== undefined) return event.openEvents;
  }
  return [];
}

const droppedText = (events: readonly number[] | undefined): string => (events === undefined ? "no event" : `events ${events.join(", ")}`);

function askedText(action: Action): string {
  switch (action.kind) {
    case "callActivity":
      return `activity ${action.id} ${action.name} ${action.input}`;
    case "callSubOrchestrator":
      return `child ${action.id} ${action.name} ${action.instanceId} ${action.input}`;
    case "startOrchestration":
      return `start ${action.id} ${action.name} ${action.instanceId} ${action.input}`;
    case "createTimer":
      return `timer ${action.id} ${action.fireAt}`;
    case "cancelTimer":
      return `cancel ${action.timerId}`;
    case "markPatch":
      return `patch ${action.patch}`;
    case "sendEvent":
      return `event ${action.id} ${action.name} ${action.instanceId} ${action.input}`;
    case "callEntity":
      return `call ${action.id} ${action.operation} ${action.instanceId} ${action.input}`;
    case "signalEntity":
      return `signal ${action.id} ${action.operation} ${action.instanceId} ${action.input} ${action.due}`;
    case "lockEntities":
      return `lock ${action.id} ${[...new Set(action.entities)].sort().join()}`;
    case "releaseLock":
      return `release ${action.lockId}`;
  }
}

function recordedText(event: HistoryEvent): string {
  switch (event.kind) {
    case "TaskScheduled":
      return `activity ${event.id} ${event.name} ${event.input}`;
    case "SubOrchestrationInstanceCreated":
      return `${event.fireAndForget ? "start" : "child"} ${event.id} ${event.name} ${event.instanceId} ${event.input}`;
    case "TimerCreated":
      return `timer ${event.id} ${event.fireAt}`;
    case "TimerCanceled":
      return `cancel ${event.timerId}`;
    case "PatchMarked":
      return `patch ${event.patch}`;
    case "EventSent":
      return `event ${event.id} ${event.name} ${event.instanceId} ${event.input}`;
    case "EntityOperationCalled":
      return `call ${event.id} ${event.operation} ${event.instanceId} ${event.input}`;
    case "EntityOperationSignaled":
      return `signal ${event.id} ${event.operation} ${event.instanceId} ${event.input} ${event.due ?? null}`;
    case "EntityLockRequested":
      return `lock ${event.id} ${event.entities.join()}`;
    case "EntityUnlockSent":
      return `release ${event.lockId}`;
    default:
      return event.kind;
  }
}

function outcomeText(result: Extract<EpisodeResult, { readonly kind: "ran" }>): string {
  const { outcome } = result;
  if (outcome === null) return "waiting";
  if (outcome.kind === "completed") return `completed with ${outcome.output}`;
  if (outcome.kind === "failed") return `failed with ${outcome.failure.errorType}: ${outcome.failure.message}`;
  return `as new with ${outcome.input}`;
}

/** How the events right behind an episode say that it ended; null when they do not say (a later terminate may also end it). */
function endText(after: readonly HistoryEvent[]): string | null {
  const [first] = after;
  if (first === undefined) return null;
  if (first.kind === "ContinueAsNew") return `as new with ${first.input}`;
  if (first.kind !== "ExecutionCompleted") return "waiting";
  if (first.status === "Completed") return `completed with ${first.result}`;
  if (first.status === "Failed") return `failed with ${first.failure?.errorType}: ${first.failure?.message}`;
  return null;
}
