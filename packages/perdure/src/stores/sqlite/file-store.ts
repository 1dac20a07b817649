import { fault } from "../../errors/perdure-error.ts";
import type { ChangeListeners } from "../../store/change-listeners.ts";
import type { CommitReceipt, GroupCommit } from "../../store/commit.ts";
import type { EndedInstances, Store, StoreCapabilities } from "../../store/contract.ts";
import type { EndListeners } from "../../store/end-listeners.ts";
import { readAudit } from "./audit.ts";
import { backUp } from "./back-up.ts";
import { readBacklog } from "./backlog.ts";
import type { Connection } from "./connection.ts";
import { dump, readWorkers } from "./dump.ts";
import { readEntities } from "./entities.ts";
import { readHistoryRange } from "./history-range.ts";
import { checkIntegrity } from "./integrity.ts";
import type { LiveFile } from "./live-file.ts";
import { openForReading } from "./open-for-reading.ts";
import type { OpenOptions } from "./opening-fault.ts";
import { readingFault } from "./opening-fault.ts";
import { ownIdentity } from "./process-identity.ts";
import { countInstances, queryPage } from "./query.ts";
import { Reader } from "./reader.ts";
import type { StoreTime } from "./store-time.ts";
import { readMarker } from "./write/marker.ts";
import type { OperationName, ParamsOf, ResultOf } from "./write/operations.ts";
import { toWire } from "./write/wire-commit.ts";
import type { Pragmas, WriterPort } from "./writer-port.ts";

export interface SqliteStore extends Store {
  /** Settings of the writing connection, read back from it. */
  pragmas(): Promise<Pragmas>;
}

export interface FileState {
  readonly path: string;
  /** Why nothing is read or written at the moment, for callers; null mostly. */
  trouble: string | null;
}

interface Listeners {
  readonly listeners: ChangeListeners;
  readonly endListeners: EndListeners;
  readonly live?: LiveFile;
}

type Reads = () => { readonly connection: Connection; readonly reader: Reader };

/** A connection for reads alone, which opens with the first of them. */
export function readsOf(options: OpenOptions): Reads {
  let reading: ReturnType<Reads> | null = null;
  return () => {
    if (reading === null) {
      const connection = openForReading(options);
      reading = { connection, reader: new Reader(connection, true) };
    }
    return reading;
  };
}

/** Reads over the connection of a writer on the same thread, which may open it again. */
export const readsOver =
  (port: { connection(): Connection }): Reads =>
  () => ({ connection: port.connection(), reader: new Reader(port.connection(), false) });

/** The store on the thread of its owner: it reads by itself, and has the writer write. */
export class FileStore implements SqliteStore {
  readonly capabilities: StoreCapabilities;
  readonly live?: LiveFile;
  readonly #state: FileState;
  readonly #port: WriterPort;
  readonly #reads: Reads;
  readonly #time: StoreTime;
  readonly #listeners: ChangeListeners;
  readonly #endListeners: EndListeners;
  #opened: ReturnType<Reads> | null = null;
  #closed = false;

  constructor(state: FileState, port: WriterPort, reads: Reads, time: StoreTime, { listeners, endListeners, live }: Listeners) {
    this.capabilities = { name: "sqlite", durable: true, shared: true, location: state.path };
    this.#state = state;
    this.#port = port;
    this.#reads = reads;
    this.#time = time;
    this.#listeners = listeners;
    this.#endListeners = endListeners;
    if (live !== undefined) this.live = live;
  }

  readonly join: Store["join"] = (params) => this.#write("join", { ...params, identity: ownIdentity() });
  readonly renew: Store["renew"] = (params) => this.#write("renew", params);
  readonly refence: Store["refence"] = (params) =>
    this.#write("refence", { worker: params.worker, fence: params.fence, token: params.token });
  readonly declareDead: Store["declareDead"] = (params) => this.#write("declareDead", params);
  readonly reserveNumbers: Store["reserveNumbers"] = (count) => this.#write("reserveNumbers", count);
  readonly dateEnds: Store["dateEnds"] = (ends) => this.#write("dateEnds", ends);
  readonly purge: Store["purge"] = (params) => this.#write("purge", params);
  readonly leave: Store["leave"] = (params) => this.#change("leave", { worker: params.worker, fence: params.fence }, () => true);
  readonly takeOver: Store["takeOver"] = (params) => this.#change("takeOver", params, ({ freed, done }) => freed > 0 || done);
  readonly start: Store["start"] = (params) => this.#change("start", params, () => true);
  readonly deliver: Store["deliver"] = (params) => this.#change("deliver", params, ({ outcome }) => outcome === "delivered");
  readonly reopen: Store["reopen"] = (params) => this.#change("reopen", params, (outcome) => outcome === "reopened");
  readonly startWithHistory: Store["startWithHistory"] = (params) => this.#change("startWithHistory", params, () => true);
  readonly sweep: Store["sweep"] = () =>
    this.#change("sweep", null, ({ repaired, started, tombstones }) => repaired + started + tombstones > 0);
  readonly resumeForCode: Store["resumeForCode"] = (code) => this.#change("resumeForCode", code, (count) => count > 0);

  async commit(batch: GroupCommit): Promise<CommitReceipt> {
    this.#refuseWhenClosed();
    // Not through `#change`: a promise that is returned through two more functions takes seven microtasks more, with each commit.
    const receipt = await this.#port.call("commit", toWire(batch));
    if (receipt.madeReady || receipt.owners.length > 0) this.#listeners.notify();
    this.#endListeners.notify(batch.ended);
    return receipt;
  }

  readonly readMarker: Store["readMarker"] = ({ worker, n }) => this.#read((_, connection) => readMarker(connection, worker, n));
  readonly readWorkers: Store["readWorkers"] = () => this.#read((reader) => ({ now: this.#time.now(), workers: readWorkers(reader) }));
  readonly load: Store["load"] = (nos) => this.#read((reader) => reader.load(nos));
  readonly loadHistory: Store["loadHistory"] = (no, generation) => this.#read((reader) => reader.history(no, generation));
  readonly loadTasks: Store["loadTasks"] = (keys) => this.#read((reader) => reader.tasks(keys));
  readonly readBacklog: Store["readBacklog"] = ({ cap }) =>
    this.#read((reader, connection) => readBacklog(reader, connection, this.#time.now(), cap));
  readonly readSlotHolders: Store["readSlotHolders"] = (params) => this.#read((reader) => reader.slotHolders(params));
  readonly readOwned: Store["readOwned"] = (worker) => this.#read((reader) => reader.owned(worker));
  readonly getInstance: Store["getInstance"] = (id, payloads) => this.#read((reader) => reader.instancesOf([id], payloads)[0] ?? null);
  readonly readInstances: Store["readInstances"] = (ids, payloads) => this.#read((reader) => reader.instancesOf(ids, payloads));
  readonly readEnded: Store["readEnded"] = (since) => this.#read((reader) => reader.ended(since));
  readonly query: Store["query"] = (query) => this.#read((reader) => queryPage(reader, query));
  readonly count: Store["count"] = (query) => this.#read((reader) => countInstances(reader, query));
  readonly readEntities: Store["readEntities"] = (query) => this.#read((reader) => readEntities(reader, query));
  readonly audit: Store["audit"] = {
    read: (query) => this.#read((reader) => readAudit(reader, query)),
    trim: (params) => this.#write("trimAudit", params),
    add: (rows) => this.#write("addAudit", rows),
  };
  readonly readHistory: Store["readHistory"] = (id) => this.#read((reader) => reader.historyOf(id));
  readonly readHistoryRange: Store["readHistoryRange"] = (params) => this.#read((reader) => readHistoryRange(reader, params));
  readonly integrity: NonNullable<Store["integrity"]> = () => this.#read((_, connection) => checkIntegrity(connection));
  readonly dump: Store["dump"] = () => this.#read((reader, connection) => dump(reader, connection, this.#time.now()));
  readonly look: Store["look"] = (params) => this.#read((reader) => ({ now: this.#time.now(), ...reader.look(params) }));

  readonly readWaiting: Store["readWaiting"] = () => this.#read((reader) => reader.waiting(this.#time.now()));

  onForeignChange(listener: () => void): () => void {
    return this.#watching(this.#listeners.add(listener));
  }

  onEnds(listener: (ended: EndedInstances) => void): () => void {
    return this.#watching(this.#endListeners.add(listener));
  }

  async backUp(target: string): Promise<void> {
    this.#refuseWhenClosed();
    await backUp(this.#state.path, target);
  }

  pragmas(): Promise<Pragmas> {
    return this.#port.pragmas();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#listeners.clear();
    this.#endListeners.clear();
    this.live?.close();
    this.#opened?.connection.close();
    await this.#port.close();
  }

  async #write<Name extends OperationName>(name: Name, params: ParamsOf<Name>): Promise<ResultOf<Name>> {
    this.#refuseWhenClosed();
    return this.#port.call(name, params);
  }

  /** As {@link #write}, for what others may be waiting for. */
  async #change<Name extends OperationName>(
    name: Name,
    params: ParamsOf<Name>,
    concernsOthers: (result: ResultOf<Name>) => boolean,
  ): Promise<ResultOf<Name>> {
    const result = await this.#write(name, params);
    if (concernsOthers(result)) this.#listeners.notify();
    return result;
  }

  #watching(stop: () => void): () => void {
    this.#port.watch(true);
    return () => {
      stop();
      if (this.#listeners.size + this.#endListeners.size === 0 && !this.#closed) this.#port.watch(false);
    };
  }

  async #read<Result>(read: (reader: Reader, connection: Connection) => Result): Promise<Result> {
    this.#refuseWhenClosed();
    const { path, trouble } = this.#state;
    if (trouble !== null) throw fault("STORE_UNAVAILABLE", trouble);
    try {
      this.#opened = this.#reads();
      return read(this.#opened.reader, this.#opened.connection);
    } catch (error) {
      throw readingFault(error, path);
    }
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw fault("STORE_UNAVAILABLE", `the database file "${this.capabilities.location}" was closed by this process`);
  }
}
