import type { Store } from "../store/contract.ts";

/** The calls of a store that go to the database; the rest is local. */
export type StoreMethod = Exclude<keyof Store, "capabilities" | "onForeignChange" | "onEnds" | "live" | "close">;

/** Stands between a caller and a store. `call` makes the call; making it twice, late or never is what this is for. */
export type StoreInterceptor = <T>(method: StoreMethod, call: () => Promise<T>) => Promise<T>;

/** A store whose every call goes through `around`. */
export function interceptStore(store: Store, around: StoreInterceptor): Store {
  return {
    capabilities: store.capabilities,
    join: (params) => around("join", () => store.join(params)),
    renew: (params) => around("renew", () => store.renew(params)),
    refence: (params) => around("refence", () => store.refence(params)),
    readMarker: (params) => around("readMarker", () => store.readMarker(params)),
    leave: (params) => around("leave", () => store.leave(params)),
    readWorkers: () => around("readWorkers", () => store.readWorkers()),
    declareDead: (params) => around("declareDead", () => store.declareDead(params)),
    takeOver: (params) => around("takeOver", () => store.takeOver(params)),
    reserveNumbers: (count) => around("reserveNumbers", () => store.reserveNumbers(count)),
    commit: (batch) => around("commit", () => store.commit(batch)),
    load: (nos) => around("load", () => store.load(nos)),
    loadHistory: (no, generation) => around("loadHistory", () => store.loadHistory(no, generation)),
    loadTasks: (keys) => around("loadTasks", () => store.loadTasks(keys)),
    readOwned: (worker) => around("readOwned", () => store.readOwned(worker)),
    look: (params) => around("look", () => store.look(params)),
    readWaiting: () => around("readWaiting", () => store.readWaiting()),
    readBacklog: (params) => around("readBacklog", () => store.readBacklog(params)),
    readSlotHolders: (params) => around("readSlotHolders", () => store.readSlotHolders(params)),
    start: (params) => around("start", () => store.start(params)),
    deliver: (params) => around("deliver", () => store.deliver(params)),
    reopen: (params) => around("reopen", () => store.reopen(params)),
    startWithHistory: (params) => around("startWithHistory", () => store.startWithHistory(params)),
    getInstance: (id, payloads) => around("getInstance", () => store.getInstance(id, payloads)),
    readInstances: (ids, payloads) => around("readInstances", () => store.readInstances(ids, payloads)),
    readEnded: (since) => around("readEnded", () => store.readEnded(since)),
    query: (query) => around("query", () => store.query(query)),
    count: (query) => around("count", () => store.count(query)),
    readEntities: (query) => around("readEntities", () => store.readEntities(query)),
    readHistory: (id) => around("readHistory", () => store.readHistory(id)),
    readHistoryRange: (params) => around("readHistoryRange", () => store.readHistoryRange(params)),
    purge: (params) => around("purge", () => store.purge(params)),
    sweep: () => around("sweep", () => store.sweep()),
    resumeForCode: (code) => around("resumeForCode", () => store.resumeForCode(code)),
    dateEnds: (ends) => around("dateEnds", () => store.dateEnds(ends)),
    audit: {
      read: (query) => around("audit", () => store.audit.read(query)),
      trim: (params) => around("audit", () => store.audit.trim(params)),
      add: (rows) => around("audit", () => store.audit.add(rows)),
    },
    dump: () => around("dump", () => store.dump()),
    onForeignChange: (listener) => store.onForeignChange(listener),
    onEnds: (listener) => store.onEnds(listener),
    close: () => store.close(),
    ...(store.within === undefined ? {} : { within: store.within }),
    ...(store.live === undefined ? {} : { live: store.live }),
  };
}
