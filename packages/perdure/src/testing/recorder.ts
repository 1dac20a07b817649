import type { ActivityRequest, TaskKey } from "../model/executor.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { InstanceNo, WorkerId } from "../model/ids.ts";
import type { Message } from "../model/message.ts";
import type { RuntimeStatus } from "../model/status.ts";
import { isTerminal } from "../model/status.ts";
import { idempotencyKeyOf } from "../replay/values/execution-values.ts";
import type { CommitReceipt, GroupCommit, HistoryAppend, InstanceUpdate } from "../store/commit.ts";
import type { Store, StoreDump } from "../store/contract.ts";
import type { StoreRefusal } from "../store/errors.ts";
import { refusalOf } from "../store/errors.ts";
import { CrashEvidence } from "./crash-evidence.ts";
import { interceptStore } from "./store-proxy.ts";

/** What the recorder knows of one instance: what was acknowledged to it, apart from what the store keeps. */
export interface ShadowInstance {
  readonly no: InstanceNo;
  readonly instanceId: string;
  readonly name: string;
  status: RuntimeStatus;
  customStatus: string | null;
  output: string | null;
  generation: number;
  /** All that was ever committed, by generation. */
  readonly history: Map<number, HistoryEvent[]>;
  /** The same as it was written. */
  readonly texts: Map<number, string[]>;
  lastVersion: number;
}

export interface Observation {
  readonly rule: string;
  readonly instanceId: string | null;
  readonly detail: string;
}

/** A rule that no single dump can show, in words. */
export const OBSERVED_RULES = {
  "version-once": "A pair of instance number and version is written once, and versions grow.",
  "terminal-final": "A terminal status never changes and nothing is recorded after it.",
  "append-only": "History only grows, and what was committed stays as it was.",
  "fenced-write": "No worker writes under a fence that is not its present one.",
  "batch-once": "A batch number of a worker is committed once.",
  "mail-once": "An inbox row is consumed once, and no owner tries to a second time.",
  "time-of-store": "Nothing is recorded at a time that the store has not reached.",
  "effect-after-cause": "No activity runs before its TaskScheduled is durable.",
  "one-key-per-call": "All attempts of a call carry one idempotency key, and no other call does.",
  "answer-after-commit": "No client is answered before what it asked for is durable.",
  "accepted-kept": "What a client was told is accepted is in the history, unless its target ended.",
  "sender-order": "What one sender sent one after another is recorded in that order.",
  "completed-ran": "An activity whose completion is recorded has run to that end at least once.",
  "sweep-idle": "The sweep finds nothing to repair.",
} as const;

export type ObservedRule = keyof typeof OBSERVED_RULES;

/**
 * Watches a store from close by (nothing is injected between it and the store) and keeps what it saw apart from it, so that a store or an
 * engine that breaks a promise contradicts itself.
 */
export class Recorder {
  readonly #clockSlackMs: () => number;
  readonly observations: Observation[] = [];
  readonly #instances = new Map<InstanceNo, ShadowInstance>();
  readonly #byId = new Map<string, ShadowInstance>();
  readonly #fences = new Map<WorkerId, number | null>();
  readonly #batches = new Set<string>();
  readonly #consumed = new Set<string>();
  readonly #messages = new Set<string>();
  readonly #started = new Set<string>();
  readonly #repeated = new Set<string>();
  readonly #ran = new Map<string, Set<string>>();
  /** By call: instance number, generation and first attempt. */
  readonly #keyOf = new Map<string, string>();
  readonly #callOf = new Map<string, string>();
  readonly #accepted: { readonly instanceId: string; readonly messageId: string }[] = [];
  readonly #listeners = new Set<() => void>();
  /** Group commits seen. */
  commits = 0;
  readonly evidence = new CrashEvidence();

  /**
   * `clockSlackMs`: how far the system clock under the store was set back. Its time stands still for that long, and workers, whose clocks go
   * on, are ahead of it meanwhile.
   */
  constructor(clockSlackMs: () => number = () => 0) {
    this.#clockSlackMs = clockSlackMs;
  }

  watch(store: Store): Store {
    const proxied = interceptStore(store, (_, call) => call());
    return {
      ...proxied,
      join: async (params) => {
        const joined = await store.join(params);
        this.#fences.set(joined.worker, joined.fence);
        return joined;
      },
      refence: async (params) => {
        const fresh = await store.refence(params);
        this.#fences.set(params.worker, fresh.fence);
        return fresh;
      },
      declareDead: async (params) => {
        const dead = await store.declareDead(params);
        if (!dead) return false;
        this.#fences.set(params.worker, null);
        this.evidence.died();
        return true;
      },
      leave: async (params) => {
        await store.leave(params);
        this.#fences.set(params.worker, null);
      },
      start: async (params) => {
        const receipt = await store.start(params);
        if (receipt.outcome !== "conflict" && receipt.outcome !== "inTheWay") this.#started.add(params.start.instanceId);
        return receipt;
      },
      deliver: async (params) => {
        const receipt = await store.deliver(params);
        if (receipt.outcome === "delivered") this.#noteMessage(params.message);
        return receipt;
      },
      load: async (nos) => {
        const loaded = await store.load(nos);
        for (const { row } of loaded) this.learn(row.no, row.instanceId, row.name);
        return loaded;
      },
      sweep: async () => {
        const receipt = await store.sweep();
        if (receipt.repaired > 0) this.#report("sweep-idle", null, `it repaired ${receipt.repaired} sleeping instances with mail`);
        return receipt;
      },
      commit: async (batch) => {
        try {
          const receipt = await store.commit(batch);
          this.#onCommit(batch, receipt);
          return receipt;
        } catch (error) {
          this.#onRefused(batch, refusalOf(error));
          throw error;
        }
      },
    };
  }

  /** Called after each commit. Returns the way to stop it. */
  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** As last committed; undefined for one that no commit has touched yet. */
  instance(instanceId: string): ShadowInstance | undefined {
    return this.#byId.get(instanceId);
  }

  all(): Iterable<ShadowInstance> {
    return this.#instances.values();
  }

  // --- what others saw ---

  activityBegins(request: ActivityRequest): void {
    const { no, generation, eventId, name } = request;
    const shadow = this.#instances.get(no);
    const events = shadow?.history.get(generation) ?? [];
    const scheduled = events.find((event) => event.kind === "TaskScheduled" && event.id === eventId);
    if (scheduled?.kind === "TaskScheduled") {
      this.#checkKey(request, `${no}:${generation}:${scheduled.retry?.of ?? eventId}`, shadow ?? null);
      return;
    }
    this.#report(
      "effect-after-cause",
      shadow ?? null,
      `activity "${name}" (task ${eventId}, generation ${generation}) runs, and nothing durable asked for it`,
    );
  }

  #checkKey(request: ActivityRequest, call: string, shadow: ShadowInstance | null): void {
    const key = idempotencyKeyOf(request.seed, request.callId);
    const known = this.#keyOf.get(call) ?? key;
    const owner = this.#callOf.get(key) ?? call;
    this.#keyOf.set(call, known);
    this.#callOf.set(key, owner);
    if (known !== key) this.#report("one-key-per-call", shadow, `call ${call} runs under the key ${key}, after ${known}`);
    if (owner !== call) this.#report("one-key-per-call", shadow, `call ${call} has the key of call ${owner}`);
  }

  activityEnded(key: TaskKey, result: string): void {
    const text = keyText(key);
    const results = this.#ran.get(text);
    if (results === undefined) this.#ran.set(text, new Set([result]));
    else results.add(result);
  }

  startAnswered(instanceId: string): void {
    if (this.#started.has(instanceId)) return;
    this.#report("answer-after-commit", null, `the start of "${instanceId}" was acknowledged and no commit holds it`);
  }

  /** A copy of it may come at any time: it says nothing about order. */
  sentAgain(messageId: string): void {
    this.#repeated.add(messageId);
  }

  messageAnswered(instanceId: string, messageId: string): void {
    const shadow = this.#byId.get(instanceId);
    this.#accepted.push({ instanceId, messageId });
    if (this.#messages.has(messageId) || (shadow !== undefined && isTerminal(shadow.status))) return;
    this.#report("answer-after-commit", shadow ?? null, `message ${messageId} was acknowledged and no commit holds it`);
  }

  endAnswered(instanceId: string, status: RuntimeStatus): void {
    const shadow = this.#byId.get(instanceId);
    if (shadow?.status !== status)
      this.#report("answer-after-commit", shadow ?? null, `a client was told ${status}, and ${shadow?.status ?? "nothing"} is committed`);
  }

  // --- at the end ---

  /** Compares what was seen with what the store says now. `atRest`: all work is done. */
  finish(dump: StoreDump, atRest: boolean): readonly Observation[] {
    this.#compare(dump);
    for (const shadow of this.#instances.values()) {
      this.#checkOrder(shadow);
      this.#checkRuns(shadow);
    }
    if (atRest) this.#checkAccepted();
    return this.observations;
  }

  /** The fence comes first: a store that looks at the rows of a dead worker's batch has not checked it. */
  #onRefused(batch: GroupCommit, refusal: StoreRefusal): void {
    if (refusal.kind !== "notOwned") return;
    if (this.#fences.get(batch.worker) === batch.fence) {
      this.#consume(batch.consumed);
      return;
    }
    const known = this.#fences.get(batch.worker) ?? "gone";
    this.#report(
      "fenced-write",
      null,
      `batch ${batch.n} of worker ${batch.worker} under fence ${batch.fence} was refused for its rows; its fence is ${known}`,
    );
  }

  #onCommit(batch: GroupCommit, receipt: CommitReceipt): void {
    this.commits += 1;
    const { worker, n, fence } = batch;
    const known = this.#fences.get(worker);
    if (known !== fence)
      this.#report("fenced-write", null, `worker ${worker} committed batch ${n} under fence ${fence}; its fence is ${known ?? "gone"}`);
    const marker = `${worker}:${n}`;
    if (this.#batches.has(marker)) this.#report("batch-once", null, `batch ${n} of worker ${worker} was committed again`);
    this.#batches.add(marker);
    const refused = new Set(receipt.notStarted);
    for (const { no, start } of batch.creates) {
      if (refused.has(no)) continue;
      this.#started.add(start.instanceId);
      this.#shadow(no, start.instanceId, start.name);
    }
    for (const { no, reason } of batch.stops) if (reason.code === "INSTANCE_POISON") this.evidence.stopped(no);
    const appends = batch.history.filter(({ no }) => !refused.has(no));
    for (const no of new Set(appends.map((append) => append.no))) this.evidence.recorded(no);
    for (const append of appends) this.#append(append, receipt.now);
    for (const update of batch.updates) if (!refused.has(update.no)) this.#update(update);
    for (const key of this.#consume(batch.consumed)) this.#consumed.add(key);
    const lost = new Set(receipt.undelivered.map(({ index }) => index));
    for (const [index, { message }] of batch.messages.entries()) if (!lost.has(index)) this.#noteMessage(message);
    for (const listener of this.#listeners) listener();
  }

  /** Gives what it names; the store refuses what was consumed before, and then the worker has delivered it twice. */
  #consume(mail: GroupCommit["consumed"]): ReadonlySet<string> {
    const named = new Set<string>();
    for (const { no, seq } of mail) {
      const key = `${no}:${seq}`;
      if (this.#consumed.has(key) || named.has(key))
        this.#report("mail-once", this.#instances.get(no) ?? null, `inbox row ${seq} was consumed twice`);
      named.add(key);
    }
    return named;
  }

  /** Rows that a client or another process made are known by number only, until something names them. */
  learn(no: InstanceNo, instanceId: string, name: string): void {
    if (!this.#instances.has(no)) this.#shadow(no, instanceId, name);
  }

  #shadow(no: InstanceNo, instanceId: string, name: string): ShadowInstance {
    const shadow: ShadowInstance = {
      no,
      instanceId,
      name,
      status: "Pending",
      customStatus: null,
      output: null,
      generation: 0,
      history: new Map(),
      texts: new Map(),
      lastVersion: -1,
    };
    this.#instances.set(no, shadow);
    this.#byId.set(instanceId, shadow);
    return shadow;
  }

  #append(append: HistoryAppend, now: number): void {
    const shadow = this.#instances.get(append.no) ?? this.#shadow(append.no, `#${append.no}`, "?");
    const events = JSON.parse(append.events) as HistoryEvent[];
    const before = shadow.history.get(append.generation) ?? [];
    if (append.firstSeq !== before.length) {
      this.#report(
        "append-only",
        shadow,
        `history was written at position ${append.firstSeq} of generation ${append.generation}, which holds ${before.length} events`,
      );
    }
    if (before.at(-1)?.kind === "ExecutionCompleted")
      this.#report("terminal-final", shadow, `${events[0]?.kind ?? "nothing"} was recorded behind ExecutionCompleted`);
    for (const event of events) {
      if (event.ts > now + this.#clockSlackMs())
        this.#report("time-of-store", shadow, `${event.kind} is recorded at ${event.ts}, and the store's time is ${now}`);
      if (event.kind === "EventRaised" && event.messageId !== undefined) this.#messages.add(event.messageId);
    }
    if (before.length === 0) shadow.history.set(append.generation, events);
    else before.push(...events);
    const texts = shadow.texts.get(append.generation);
    if (texts === undefined) shadow.texts.set(append.generation, [append.events]);
    else texts.push(append.events);
  }

  #update(update: InstanceUpdate): void {
    const shadow = this.#instances.get(update.no) ?? this.#shadow(update.no, `#${update.no}`, "?");
    if (isTerminal(shadow.status)) this.#report("terminal-final", shadow, `it was ${shadow.status} and became ${update.status}`);
    if (update.version <= shadow.lastVersion)
      this.#report("version-once", shadow, `version ${update.version} was written after ${shadow.lastVersion}`);
    shadow.lastVersion = update.version;
    shadow.status = update.status;
    shadow.customStatus = update.customStatus;
    shadow.generation = update.generation;
    if (update.completed !== undefined) shadow.output = update.completed.output;
  }

  #noteMessage(message: Message): void {
    if (message.kind === "event" && message.messageId !== undefined) this.#messages.add(message.messageId);
  }

  #compare(dump: StoreDump): void {
    const stored = new Map<string, string[]>();
    for (const chunk of [...dump.history].sort((a, b) => a.firstSeq - b.firstSeq)) {
      const key = `${chunk.no}:${chunk.generation}`;
      const before = stored.get(key);
      if (before === undefined) stored.set(key, [chunk.events]);
      else before.push(chunk.events);
    }
    for (const row of dump.instances) {
      const shadow = this.#instances.get(row.no);
      if (shadow === undefined) continue;
      for (const [generation, events] of shadow.history) {
        const texts = stored.get(`${row.no}:${generation}`) ?? [];
        // Nearly always: a store keeps the rows as they were written.
        if (isSameText(texts, shadow.texts.get(generation) ?? [])) continue;
        const kept = texts.flatMap((text) => JSON.parse(text) as HistoryEvent[]);
        // Past generations may go, from their ends on.
        const expected = generation < row.generation ? events.slice(0, kept.length) : events;
        if (JSON.stringify(kept) !== JSON.stringify(expected)) {
          this.#report(
            "append-only",
            shadow,
            `generation ${generation} has ${kept.length} events in the store, ${events.length} were committed, or they differ`,
          );
        }
      }
      if (shadow.lastVersion >= 0 && isTerminal(shadow.status) && row.status !== shadow.status) {
        this.#report("terminal-final", shadow, `it was committed as ${shadow.status} and is ${row.status} in the store`);
      }
    }
  }

  /** By the first time each message is recorded: a copy may come late, and what is carried over is recorded again. */
  #checkOrder(shadow: ShadowInstance): void {
    const seen = new Set<string>();
    const last = new Map<string, number>();
    const generations = [...shadow.history].sort(([a], [b]) => a - b);
    for (const event of generations.flatMap(([, events]) => events)) {
      if (event.kind !== "EventRaised" || event.messageId === undefined || seen.has(event.messageId)) continue;
      seen.add(event.messageId);
      if (this.#repeated.has(event.messageId)) continue;
      const [sender, count] = event.messageId.split("#");
      if (sender === undefined || count === undefined) continue;
      const at = Number(count);
      const before = last.get(sender);
      if (before !== undefined && at < before)
        this.#report("sender-order", shadow, `message ${at} of ${sender} is recorded after message ${before}`);
      last.set(sender, at);
    }
  }

  #checkRuns(shadow: ShadowInstance): void {
    for (const [generation, events] of shadow.history) {
      for (const event of events) {
        if (event.kind !== "TaskCompleted") continue;
        const key = keyText({ no: shadow.no, generation, eventId: event.taskId });
        if (this.#ran.get(key)?.has(event.result ?? "null") !== true) {
          this.#report(
            "completed-ran",
            shadow,
            `task ${event.taskId} of generation ${generation} is recorded as completed and no run of it ended so`,
          );
        }
      }
    }
  }

  #checkAccepted(): void {
    for (const { instanceId, messageId } of this.#accepted) {
      const shadow = this.#byId.get(instanceId);
      if (shadow === undefined || isTerminal(shadow.status)) {
        if (shadow !== undefined && shadow.status !== "Terminated" && !recorded(shadow, messageId) && !this.#messages.has(messageId)) {
          this.#report("accepted-kept", shadow, `message ${messageId} was acknowledged and left no trace`);
        }
        continue;
      }
      if (!recorded(shadow, messageId))
        this.#report("accepted-kept", shadow, `message ${messageId} was acknowledged and is not in its history`);
    }
  }

  #report(rule: ObservedRule, where: ShadowInstance | null, detail: string): void {
    this.observations.push({ rule, instanceId: where?.instanceId ?? null, detail });
  }
}

function recorded(shadow: ShadowInstance, messageId: string): boolean {
  for (const events of shadow.history.values()) {
    if (events.some((event) => event.kind === "EventRaised" && event.messageId === messageId)) return true;
  }
  return false;
}

const keyText = (key: TaskKey) => `${key.no}:${key.generation}:${key.eventId}`;

const isSameText = (some: readonly string[], others: readonly string[]) =>
  some.length === others.length && some.every((text, index) => text === others[index]);
