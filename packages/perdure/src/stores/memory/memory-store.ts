import { instanceNo } from "../../model/ids.ts";
import { ChangeListeners } from "../../store/change-listeners.ts";
import type { CommitReceipt, GroupCommit } from "../../store/commit.ts";
import type { EndedInstances, Store, StoreCapabilities } from "../../store/contract.ts";
import { EndListeners } from "../../store/end-listeners.ts";
import type { HistoryRange, HistoryRangeParams } from "../../store/history-range.ts";
import { firstOfRange } from "../../store/history-range.ts";
import type { HistoryChunk } from "../../store/rows.ts";
import { untilFull } from "../history-range.ts";
import * as audit from "./audit.ts";
import { readBacklog } from "./backlog.ts";
import { freeTasks, isSuspect, waiting, wakingRows } from "./claims.ts";
import * as clients from "./clients.ts";
import { applyCommit } from "./commit.ts";
import * as edits from "./edits.ts";
import { readEntities } from "./entities.ts";
import type { StoredMail } from "./tables.ts";
import { breach, Tables } from "./tables.ts";
import { allTasks, readSlotHolders } from "./tasks.ts";
import { dateEnds, resumeForCode, sweep } from "./upkeep.ts";
import * as workers from "./workers.ts";

export interface MemoryStoreOptions {
  /** A system-like clock, ms since 1970. It may step back; store time does not. */
  readonly now: () => number;
}

/** The reference: one process, nothing durable, every method one step. Any number of workers and clients may share it. */
export function createMemoryStore(options: MemoryStoreOptions): Store {
  return new MemoryStore(options.now);
}

const CAPABILITIES: StoreCapabilities = { name: "memory", durable: false, shared: false, location: "the memory of this process" };

class MemoryStore implements Store {
  readonly capabilities = CAPABILITIES;
  readonly #tables: Tables;
  readonly #listeners = new ChangeListeners();
  readonly #endListeners = new EndListeners();
  #closed = false;

  constructor(now: () => number) {
    this.#tables = new Tables(now);
  }

  readonly join: Store["join"] = (params) => this.#write((tables) => workers.join(tables, params));
  readonly renew: Store["renew"] = (params) => this.#write((tables) => workers.renew(tables, params));
  readonly refence: Store["refence"] = (params) => this.#write((tables) => workers.refence(tables, params));
  readonly readMarker: Store["readMarker"] = ({ worker, n }) => this.#write((tables) => tables.markers.get(worker)?.get(n) ?? null);
  readonly declareDead: Store["declareDead"] = (params) => this.#write((tables) => workers.declareDead(tables, params));
  readonly readWorkers: Store["readWorkers"] = () =>
    this.#write((tables) => ({ now: tables.now(), workers: [...tables.workers.values()] }));
  readonly reserveNumbers: Store["reserveNumbers"] = (count) => this.#write((tables) => ({ first: tables.next("instance", count), count }));

  readonly leave: Store["leave"] = (params) =>
    this.#change(
      (tables) => workers.leaveHub(tables, params),
      () => true,
    );
  readonly takeOver: Store["takeOver"] = ({ dead, limit }) =>
    this.#change(
      (tables) => workers.takeOver(tables, dead, limit),
      ({ freed, done }) => freed > 0 || done,
    );

  async commit(batch: GroupCommit): Promise<CommitReceipt> {
    const receipt = await this.#change(
      (tables) => applyCommit(tables, batch),
      ({ madeReady, owners }) => madeReady || owners.length > 0,
    );
    this.#endListeners.notify(batch.ended);
    return receipt;
  }

  readonly load: Store["load"] = (nos) =>
    this.#write((tables) =>
      nos.flatMap((no) => {
        const row = tables.instances.get(no);
        if (row === undefined) return [];
        const history = generation(tables, no, row.generation);
        const tasks = tables.tasksOf(no).filter((task) => task.generation === row.generation);
        return [{ row, history, inbox: [...tables.unreadOf(no), ...tables.mailOf(no)].map(inboxRow), tasks }];
      }),
    );

  readonly loadHistory: Store["loadHistory"] = (no, wanted) => this.#write((tables) => generation(tables, no, wanted));

  readonly loadTasks: Store["loadTasks"] = (keys) =>
    this.#write((tables) =>
      keys.flatMap((key) => {
        const task = tables.findTask(key);
        return task === undefined ? [] : [task];
      }),
    );

  readonly readOwned: Store["readOwned"] = (worker) =>
    this.#write((tables) =>
      tables.ownedBy(worker).map((no) => ({ no, version: tables.instances.get(no)?.version ?? breach("unreachable") })),
    );

  readonly look: Store["look"] = ({ worker, keys, versions, without = [] }) =>
    this.#write((tables) => {
      const left = new Set(without);
      const owned = tables.inbox.size === 0 ? [] : tables.ownedBy(worker).filter((no) => !left.has(no));
      const rows = wakingRows(tables, keys.instances, versions);
      return {
        now: tables.now(),
        mail: owned.flatMap((no) => tables.mailOf(no).map(inboxRow)),
        instanceAt: rows.find((row) => !isSuspect(row))?.wakeAt ?? null,
        suspectAt: rows.find(isSuspect)?.wakeAt ?? null,
        taskAt: freeTasks(tables, keys.tasks)[0]?.notBefore ?? null,
      };
    });

  readonly readWaiting: Store["readWaiting"] = () => this.#write(waiting);
  readonly readBacklog: Store["readBacklog"] = ({ cap }) => this.#write((tables) => readBacklog(tables, cap));
  readonly readSlotHolders: Store["readSlotHolders"] = (params) => this.#write((tables) => readSlotHolders(tables, params));

  readonly start: Store["start"] = (params) =>
    this.#change(
      (tables) => clients.start(tables, params),
      () => true,
    );
  readonly deliver: Store["deliver"] = (params) =>
    this.#change(
      (tables) => clients.deliver(tables, params),
      ({ outcome }) => outcome === "delivered",
    );
  readonly reopen: Store["reopen"] = (params) =>
    this.#change(
      (tables) => edits.reopen(tables, params),
      (outcome) => outcome === "reopened",
    );
  readonly startWithHistory: Store["startWithHistory"] = (params) =>
    this.#change(
      (tables) => edits.startWithHistory(tables, params),
      () => true,
    );
  readonly getInstance: Store["getInstance"] = (id, payloads) =>
    this.#write((tables) => clients.readInstances(tables, [id], payloads)[0] ?? null);
  readonly readInstances: Store["readInstances"] = (ids, payloads) => this.#write((tables) => clients.readInstances(tables, ids, payloads));
  readonly readEnded: Store["readEnded"] = (since) => this.#write((tables) => clients.readEnded(tables, since));
  readonly query: Store["query"] = (params) => this.#write((tables) => clients.query(tables, params));
  readonly count: Store["count"] = (params) => this.#write((tables) => clients.count(tables, params));
  readonly readEntities: Store["readEntities"] = (params) => this.#write((tables) => readEntities(tables, params));
  readonly purge: Store["purge"] = (params) =>
    this.#change(
      (tables) => clients.purge(tables, params),
      ({ deleted }) => deleted > 0, // perhaps what held a slot
    );

  readonly audit: Store["audit"] = {
    read: (query) => this.#write((tables) => audit.read(tables, query)),
    trim: (params) => this.#write((tables) => audit.trim(tables, params)),
    add: (rows) => this.#write((tables) => audit.add(tables, rows)),
  };

  readonly readHistory: Store["readHistory"] = (id) =>
    this.#write((tables) => {
      const row = tables.find(id);
      return row === undefined ? [] : generation(tables, row.no, row.generation);
    });

  readonly readHistoryRange: Store["readHistoryRange"] = (params) =>
    this.#write((tables) => rangeOf(generation(tables, params.no, params.generation), params));

  readonly sweep: Store["sweep"] = () => this.#change(sweep, ({ repaired, started, tombstones }) => repaired + started + tombstones > 0);
  readonly resumeForCode: Store["resumeForCode"] = (code) =>
    this.#change(
      (tables) => resumeForCode(tables, code),
      (count) => count > 0,
    );

  readonly dateEnds: Store["dateEnds"] = (ends) => this.#write((tables) => dateEnds(tables, ends));

  readonly dump: Store["dump"] = () =>
    this.#write((tables) => ({
      now: tables.now(),
      instances: [...tables.instances.values()].sort((a, b) => a.no - b.no),
      history: [...tables.history].flatMap(([no, chunks]) => chunks.map((chunk) => ({ ...chunk, no }))),
      inbox: [...tables.inbox.values()].flat().map((mail) => ({ ...inboxRow(mail), worker: mail.worker })),
      unread: [...tables.unread.values()].flat().map(inboxRow),
      tasks: [...allTasks(tables)],
      workers: [...tables.workers.values()],
      audit: [...tables.audit.values()],
    }));

  onForeignChange(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  onEnds(listener: (ended: EndedInstances) => void): () => void {
    return this.#endListeners.add(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#listeners.clear();
    this.#endListeners.clear();
  }

  /** Runs in one step, now; what it throws becomes the rejection. */
  async #write<Result>(work: (tables: Tables) => Result): Promise<Result> {
    if (this.#closed) throw new Error("the memory store is closed");
    return this.#tables.transaction(() => work(this.#tables));
  }

  /** As {@link #write}, for what others may be waiting for. */
  async #change<Result>(work: (tables: Tables) => Result, concernsOthers: (result: Result) => boolean): Promise<Result> {
    const result = await this.#write(work);
    if (concernsOthers(result)) this.#listeners.notify();
    return result;
  }
}

function generation(tables: Tables, no: number, wanted: number): readonly HistoryChunk[] {
  return (tables.history.get(instanceNo(no)) ?? []).filter((chunk) => chunk.generation === wanted);
}

const inboxRow = ({ no, seq, kind, generation: replyTo, body }: StoredMail) => ({ no, seq, kind, generation: replyTo, body });

function rangeOf(history: readonly HistoryChunk[], params: HistoryRangeParams): HistoryRange {
  const last = history.at(-1);
  const total = last === undefined ? 0 : last.firstSeq + last.count;
  const from = firstOfRange(params, total);
  const within = history.filter(({ firstSeq, count }) => firstSeq + count > from && firstSeq < from + params.limit);
  return { total, chunks: untilFull(within, params.maxBytes) };
}
