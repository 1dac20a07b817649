import { fault } from "../../errors/perdure-error.ts";
import { fence, instanceNo, workerId } from "../../model/ids.ts";
import type { ChangeListeners } from "../../store/change-listeners.ts";
import type { CommitReceipt, GroupCommit } from "../../store/commit.ts";
import type { EndedInstances, Store, StoreCapabilities } from "../../store/contract.ts";
import type { EndListeners } from "../../store/end-listeners.ts";
import { endsAnswer, questionOf } from "../../store/ends.ts";
import { refusalOf } from "../../store/errors.ts";
import { MARKERS_OF_THE_GONE_MS, PAST_HISTORY_SLICE, SWEEP_SLICE } from "../../store/limits.ts";
import { callsWithin } from "./caller-transaction.ts";
import type { Calls } from "./calls.ts";
import type { Concern } from "./clients.ts";
import * as clients from "./clients.ts";
import type { Row, Statement } from "./connections/link.ts";
import * as edits from "./edits.ts";
import type { Hint, Hints } from "./hints/hints.ts";
import { deliverKept, deliverOrKeep } from "./kept-mail.ts";
import { joiningFault } from "./opening-fault.ts";
import { dump } from "./reads/dump.ts";
import { listsOf } from "./reads/lists.ts";
import { loadedInstance, loadStatement } from "./reads/load.ts";
import type { Reads } from "./reads/statements.ts";
import { readsOf } from "./reads/statements.ts";
import type { Renewer } from "./renewals/renewer.ts";
import { startReplacements } from "./replacements.ts";
import { endRow, historyChunk, instanceRow, lookOf, slotHolders, sweepReceipt, taskRow, waitingOf, workerRow } from "./rows-of.ts";
import { StartNumbers } from "./start-numbers.ts";
import { toWire } from "./wire/commit-wire.ts";
import { LAYOUT_NUMBER } from "./wire/layouts.ts";
import { parseAnswer, receiptOf } from "./wire/receipt.ts";
import { isStorable } from "./wire/texts.ts";

const READY: Hint = { ready: true, owners: [], ended: [] };

interface PostgresStoreParts {
  readonly hints: Hints;
  readonly renewer: Renewer;
  readonly listeners: Listeners;
  readonly live: NonNullable<Store["live"]> & { close(): Promise<void> };
  readonly commitDelayMs: number;
}

interface Listeners {
  readonly changes: ChangeListeners;
  readonly ends: EndListeners;
}

/** One task hub in a schema of a PostgreSQL database. Every write is one function call (schema/); locks and order: docs/design/ownership.md. */
export class PostgresStore implements Store {
  readonly capabilities: StoreCapabilities;
  readonly live: PostgresStoreParts["live"];
  readonly #calls: Calls;
  readonly #reads: Reads;
  readonly #hints: Hints;
  readonly #renewer: Renewer;
  readonly #listeners: Listeners;
  readonly #numbers: StartNumbers;
  readonly #commitDelayMs: number;
  #closed = false;

  constructor(location: string, calls: Calls, { hints, renewer, listeners, live, commitDelayMs }: PostgresStoreParts) {
    this.capabilities = { name: "postgres", durable: true, shared: true, location };
    this.#calls = calls;
    this.#reads = readsOf(calls.schema);
    this.#hints = hints;
    this.#renewer = renewer;
    this.#listeners = listeners;
    this.live = live;
    this.#commitDelayMs = commitDelayMs;
    this.#numbers = new StartNumbers(async (count) => (await this.reserveNumbers(count)).first);
  }

  readonly join: Store["join"] = async ({ leaseMs, functions, host }) => {
    const row = await this.#stream("join_hub", [LAYOUT_NUMBER, leaseMs, JSON.stringify(functions), host]).catch((error: unknown) => {
      throw joiningFault(error, this.capabilities.location) ?? error;
    });
    const worker = workerId(row.o_worker as number);
    this.#hints.joined(worker);
    return { worker, fence: fence(row.o_fence as number), now: this.#calls.learn(row.o_now) };
  };

  /** A renewal never queues behind a commit. */
  readonly renew: Store["renew"] = async (params) => {
    this.#refuseWhenClosed();
    try {
      return { now: this.#calls.learn(await this.#renewer.renew(params)) };
    } catch (error) {
      if (refusalOf(error).kind === "fenced") this.#renewer.forget();
      throw error;
    }
  };

  readonly refence: Store["refence"] = async ({ worker, fence: held, token }) => {
    const row = await this.#stream("refence", [worker, held, token]);
    return { fence: fence(row.o_fence as number), now: this.#calls.learn(row.o_now) };
  };

  readonly readMarker: Store["readMarker"] = async ({ worker, n }) => {
    const { o_token: token, o_at: at, o_receipt: receipt } = await this.#stream("read_marker", [worker, n]);
    return token === null ? null : { token: String(token), receipt: receiptOf(this.#calls.learn(at), receipt as string | null) };
  };

  readonly leave: Store["leave"] = async ({ worker, fence: held }) => {
    this.#renewer.forget();
    await this.#stream("leave_hub", [worker, held]);
    this.#hints.left(worker);
    this.#tell(READY);
  };

  async commit(batch: GroupCommit): Promise<CommitReceipt> {
    this.#refuseWhenClosed();
    const row = await this.#calls.commit(toWire(batch), this.#commitDelayMs);
    const { now, json } = parseAnswer(row.commit_batch as string);
    const receipt = receiptOf(this.#calls.learn(now), json);
    this.#tell({ ready: receipt.madeReady, owners: receipt.owners, ended: batch.ended });
    return receipt;
  }

  readonly readWorkers: Store["readWorkers"] = async () => {
    const rows = await this.#read(this.#reads.workers());
    return { now: this.#calls.learn(rows[0]?.now), workers: rows.filter((row) => row.worker !== null).map(workerRow) };
  };

  readonly declareDead: Store["declareDead"] = async ({ worker, fence: seen, renewals }) =>
    (await this.#call("declare_dead", [worker, seen, renewals])).declare_dead === true;

  readonly takeOver: Store["takeOver"] = async ({ dead, limit }) => {
    const row = await this.#call("take_over", [dead, limit]);
    const taken = { freed: row.o_freed as number, done: row.o_done === true };
    if (taken.freed > 0 || taken.done) this.#tell(READY);
    return taken;
  };

  readonly reserveNumbers: Store["reserveNumbers"] = async (count) => {
    const { reserve_numbers: first } = await this.#call("reserve_numbers", [count]);
    return { first: first as number, count };
  };

  readonly load: Store["load"] = async (nos) =>
    nos.length === 0 ? [] : (await this.#read(loadStatement(this.#calls.schema, nos))).map(loadedInstance);

  readonly loadHistory: Store["loadHistory"] = async (no, generation) =>
    (await this.#read(this.#reads.history(no, generation))).map(historyChunk);

  readonly loadTasks: Store["loadTasks"] = async (keys) =>
    keys.length === 0 ? [] : (await this.#read(this.#reads.tasks(keys))).map(taskRow);

  readonly readSlotHolders: Store["readSlotHolders"] = async (params) => slotHolders(await this.#read(this.#reads.slotHolders(params)));
  readonly readOwned: Store["readOwned"] = async (worker) =>
    (await this.#read(this.#reads.owned(worker))).map(({ no, version }) => ({ no: instanceNo(no as number), version: version as number }));

  readonly look: Store["look"] = async (params) => {
    let rows = await this.#read(this.#reads.look(params));
    if (rows[0]?.kept === true) {
      for (const concern of await deliverKept(this.#calls)) this.#concern(concern);
      rows = await this.#read(this.#reads.look(params));
    }
    return { ...lookOf(rows), now: this.#calls.learn(rows[0]?.o_now) };
  };

  readonly readWaiting: Store["readWaiting"] = async () => waitingOf(await this.#call("read_waiting", []));
  readonly within: NonNullable<Store["within"]> = (transaction) => {
    this.#refuseWhenClosed();
    const calls = callsWithin(this.#calls, transaction);
    return {
      start: async (params) => (await clients.start(calls, this.#numbers, params)).receipt,
      deliver: async ({ orCreate, ...params }) =>
        orCreate === undefined ? (await clients.deliver(calls, params)).receipt : deliverOrKeep(calls, { ...params, orCreate }),
    };
  };

  readonly start: Store["start"] = (params) => this.#asClient(() => clients.start(this.#calls, this.#numbers, params));
  readonly deliver: Store["deliver"] = (params) => this.#asClient(() => clients.deliver(this.#calls, params));

  readonly reopen: Store["reopen"] = (params) => this.#asClient(() => edits.reopen(this.#calls, params));
  readonly startWithHistory: Store["startWithHistory"] = (params) =>
    this.#asClient(() => edits.startWithHistory(this.#calls, this.#numbers, params));
  readonly purge: Store["purge"] = (params) => this.#asClient(() => clients.purge(this.#calls, params));

  readonly getInstance: Store["getInstance"] = async (id, payloads) => (await this.readInstances([id], payloads))[0] ?? null;

  readonly readInstances: Store["readInstances"] = async (ids, payloads = "all") => {
    const known = ids.filter(isStorable);
    return known.length === 0 ? [] : (await this.#read(this.#reads.instances(known, payloads))).map(instanceRow);
  };

  readonly readEnded: Store["readEnded"] = async (since) => {
    const rows = await this.#read(this.#reads.ended(since === null ? null : questionOf(since)));
    const present = { from: this.#calls.learn(rows[0]?.now), seen: rows[0]?.seen as string };
    return endsAnswer(since, rows.filter((row) => row.instance_id !== null).map(endRow), present);
  };

  readonly #lists = listsOf(
    () => this.#calls.schema,
    (statement) => this.#read(statement),
  );
  readonly query = this.#lists.query;
  readonly count = this.#lists.count;
  readonly readEntities = this.#lists.readEntities;
  readonly readHistoryRange = this.#lists.readHistoryRange;
  readonly readBacklog = this.#lists.readBacklog;
  readonly audit = this.#lists.audit;

  readonly readHistory: Store["readHistory"] = async (id) =>
    isStorable(id) ? (await this.#read(this.#reads.historyOf(id))).map(historyChunk) : [];

  readonly sweep: Store["sweep"] = async () => {
    const replacements = await startReplacements(this.#calls, this.#numbers);
    const row = await this.#call("sweep", [SWEEP_SLICE, PAST_HISTORY_SLICE, this.#calls.learn(0) - MARKERS_OF_THE_GONE_MS]);
    const swept = sweepReceipt(row, replacements);
    if (swept.repaired + swept.tombstones + swept.started > 0) this.#tell(READY);
    return swept;
  };

  readonly resumeForCode: Store["resumeForCode"] = async ({ keys, codeVersion }) => {
    const count = (await this.#call("resume_for_code", [keys, codeVersion])).resume_for_code as number;
    if (count > 0) this.#tell(READY);
    return count;
  };

  readonly dateEnds: Store["dateEnds"] = async (ends) => void (await this.#read(this.#reads.dateEnds(ends)));

  readonly dump: Store["dump"] = async () => {
    this.#refuseWhenClosed();
    const link = this.#calls.connections.extra();
    try {
      const dumped = await dump(link, this.#calls.schema);
      return { ...dumped, now: this.#calls.learn(dumped.now) };
    } finally {
      await link.close();
    }
  };

  onForeignChange(listener: () => void): () => void {
    return this.#watching(this.#listeners.changes.add(listener));
  }

  onEnds(listener: (ended: EndedInstances) => void): () => void {
    return this.#watching(this.#listeners.ends.add(listener));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#listeners.changes.clear();
    this.#listeners.ends.clear();
    const { stream, pool } = this.#calls.connections;
    await Promise.all([this.#hints.close(), this.live.close(), this.#renewer.close(), stream.close(), pool.close()]);
  }

  async #asClient<Receipt>(call: () => Promise<{ readonly receipt: Receipt; readonly concern: Concern }>): Promise<Receipt> {
    this.#refuseWhenClosed();
    const { receipt, concern } = await call();
    this.#concern(concern);
    return receipt;
  }

  #concern({ ready, owner }: Concern): void {
    this.#tell({ ready, owners: owner === null ? [] : [owner], ended: [] });
  }

  /** Listeners in this process, and other processes. */
  #tell(hint: Hint): void {
    if (hint.ready || hint.owners.length > 0) this.#listeners.changes.notify();
    this.#listeners.ends.notify(hint.ended);
    this.#hints.send(hint);
  }

  #watching(stop: () => void): () => void {
    this.#watch();
    return () => {
      stop();
      if (!this.#closed) this.#watch();
    };
  }

  #watch(): void {
    const { changes, ends } = this.#listeners;
    this.#hints.watch({ on: changes.size + ends.size > 0, ends: ends.size > 0 });
  }

  async #stream(name: string, values: readonly unknown[]): Promise<Row> {
    this.#refuseWhenClosed();
    return this.#calls.call(this.#calls.connections.stream, name, values);
  }

  async #call(name: string, values: readonly unknown[]): Promise<Row> {
    this.#refuseWhenClosed();
    return this.#calls.call(this.#calls.connections.pool, name, values);
  }

  async #read(statement: Statement): Promise<readonly Row[]> {
    this.#refuseWhenClosed();
    return this.#calls.read(statement);
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw fault("STORE_UNAVAILABLE", `the store at "${this.capabilities.location}" was closed by this process`);
  }
}
