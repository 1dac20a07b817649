import type { ActivityRequest, TaskKey } from "../model/executor.ts";
import type { WorkerId } from "../model/ids.ts";
import type { Message } from "../model/message.ts";
import type { RuntimeStatus } from "../model/status.ts";
import { isTerminal } from "../model/status.ts";
import { idempotencyKeyOf } from "../replay/values/execution-values.ts";
import type { CommitReceipt, GroupCommit } from "../store/commit.ts";
import type { Store, StoreDump } from "../store/contract.ts";
import type { StoreRefusal } from "../store/errors.ts";
import { refusalOf } from "../store/errors.ts";
import { AcceptedStarts } from "./accepted-starts.ts";
import { CrashEvidence } from "./crash-evidence.ts";
import { firstGenerationOf } from "./first-generation.ts";
import type { Observation, ObservedRule, Report } from "./observations.ts";
import { checkOrder, checkRuns, compareAudit, compareWithDump, keptEvents, recorded } from "./observed-end.ts";
import { ScheduledCalls } from "./scheduled-calls.ts";
import type { ShadowInstance } from "./shadow-instances.ts";
import { ShadowInstances } from "./shadow-instances.ts";
import { interceptStore } from "./store-proxy.ts";

/**
 * Watches a store from close by (nothing is injected between it and the store) and keeps what it saw apart from it, so that a store or an
 * engine that breaks a promise contradicts itself.
 */
export class Recorder {
  readonly observations: Observation[] = [];
  readonly #shadows: ShadowInstances;
  readonly #fences = new Map<WorkerId, number | null>();
  readonly #batches = new Set<string>();
  readonly #consumed = new Set<string>();
  readonly #messages = new Set<string>();
  readonly #started = new Set<string>();
  readonly #repeated = new Set<string>();
  /** By call: instance number, generation and first attempt. */
  readonly #keyOf = new Map<string, string>();
  readonly #callOf = new Map<string, string>();
  readonly #accepted: { readonly instanceId: string; readonly messageId: string }[] = [];
  readonly #starts = new AcceptedStarts();
  readonly #calls = new ScheduledCalls();
  readonly #listeners = new Set<() => void>();
  /** Group commits seen. */
  commits = 0;
  readonly evidence = new CrashEvidence();

  /**
   * `clockSlackMs`: how far the system clock under the store was set back. Its time stands still for that long, and workers, whose clocks go
   * on, are ahead of it meanwhile.
   */
  constructor(clockSlackMs: () => number = () => 0) {
    const report: Report = (rule, where, detail) => this.#report(rule, where, detail);
    this.#shadows = new ShadowInstances({ report, clockSlackMs, onMessage: (messageId) => this.#messages.add(messageId) });
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
        if (receipt.outcome === "replacing") this.#starts.accepted(params.start);
        if (receipt.outcome !== "conflict" && receipt.outcome !== "inTheWay") this.#started.add(params.start.instanceId);
        return receipt;
      },
      startWithHistory: async (params) => {
        const receipt = await store.startWithHistory(params);
        if (receipt.outcome === "started") this.#started.add(params.start.instanceId);
        return receipt;
      },
      reopen: async (params) => {
        const outcome = await store.reopen(params);
        if (outcome === "reopened") this.#shadows.reopen(params);
        for (const listener of this.#listeners) listener();
        return outcome;
      },
      deliver: async (params) => {
        const receipt = await store.deliver(params);
        if (receipt.outcome === "delivered") this.#noteMessage(params.message);
        return receipt;
      },
      load: async (nos) => {
        const loaded = await store.load(nos);
        for (const { row, history } of loaded) {
          this.#starts.isThere(row.startId);
          this.#shadows.learn(row.no, row.instanceId, row.name);
          this.#shadows.learnHistory(row.no, history);
        }
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
    return this.#shadows.byId(instanceId);
  }

  all(): Iterable<ShadowInstance> {
    return this.#shadows.all();
  }

  // --- what others saw ---

  activityBegins(request: ActivityRequest): void {
    const { no, generation, eventId, name } = request;
    this.#calls.began(request);
    const shadow = this.#shadows.get(no);
    const events = shadow?.history.get(generation) ?? [];
    const scheduled = events.find((event) => event.kind === "TaskScheduled" && event.id === eventId);
    if (scheduled?.kind === "TaskScheduled") {
      const callId = scheduled.retry?.of ?? eventId;
      this.#checkKey(request, `${no}:${firstGenerationOf(events, generation, callId)}:${callId}`, shadow ?? null);
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
    this.#calls.ended(key, result);
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
    const shadow = this.#shadows.byId(instanceId);
    this.#accepted.push({ instanceId, messageId });
    if (this.#messages.has(messageId) || (shadow !== undefined && isTerminal(shadow.status))) return;
    this.#report("answer-after-commit", shadow ?? null, `message ${messageId} was acknowledged and no commit holds it`);
  }

  endAnswered(instanceId: string, status: RuntimeStatus): void {
    const shadow = this.#shadows.byId(instanceId);
    if (shadow?.status !== status)
      this.#report("answer-after-commit", shadow ?? null, `a client was told ${status}, and ${shadow?.status ?? "nothing"} is committed`);
  }

  // --- at the end ---

  /** Compares what was seen with what the store says now. `atRest`: all work is done. */
  finish(dump: StoreDump, atRest: boolean): readonly Observation[] {
    const report: Report = (rule, where, detail) => this.#report(rule, where, detail);
    compareWithDump(this.#shadows, dump, report);
    compareAudit(this.#shadows, dump, report);
    for (const shadow of this.#shadows.all()) {
      checkOrder(shadow, this.#repeated, report);
      checkRuns(shadow, this.#calls.ranTo, report);
    }
    if (!atRest) return this.observations;
    this.#checkAccepted(dump);
    this.#starts.check(dump, report);
    this.#calls.check(this.#shadows, dump, report);
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
      this.#starts.isThere(start.executionId);
      this.#shadows.add(no, start.instanceId, start.name);
    }
    for (const { no, reason } of batch.stops) if (reason.code === "INSTANCE_POISON") this.evidence.stopped(no);
    const appends = batch.history.filter(({ no }) => !refused.has(no));
    for (const no of new Set(appends.map((append) => append.no))) this.evidence.recorded(no);
    for (const append of appends) this.#shadows.append(append, receipt.now);
    for (const update of batch.updates) if (!refused.has(update.no)) this.#shadows.update(update);
    this.#calls.finished(batch.finishedTasks);
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
        this.#report("mail-once", this.#shadows.get(no) ?? null, `inbox row ${seq} was consumed twice`);
      named.add(key);
    }
    return named;
  }

  #noteMessage(message: Message): void {
    if (message.kind === "event" && message.messageId !== undefined) this.#messages.add(message.messageId);
  }

  #checkAccepted(dump: StoreDump): void {
    const kept = keptEvents(dump);
    for (const { instanceId, messageId } of this.#accepted) {
      const shadow = this.#shadows.byId(instanceId);
      if (shadow?.status === "Failed" && !recorded(shadow, messageId) && !kept.has(`${shadow.no} ${messageId}`))
        this.#report("accepted-kept", shadow, `message ${messageId} was acknowledged, it has failed since, and a rewind would not find it`);
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

  #report(rule: ObservedRule, where: { readonly instanceId: string } | null, detail: string): void {
    this.observations.push({ rule, instanceId: where?.instanceId ?? null, detail });
  }
}
