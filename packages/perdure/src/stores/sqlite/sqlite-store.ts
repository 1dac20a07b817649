import { fault } from "../../errors/perdure-error.ts";
import { ChangeListeners } from "../../store/change-listeners.ts";
import { EndListeners } from "../../store/end-listeners.ts";
import type { EngineLog, LogEntry } from "../../telemetry/engine-log.ts";
import { silentLog } from "../../telemetry/engine-log.ts";
import type { Clocks } from "../steady-time.ts";
import { systemClocks } from "../system-clocks.ts";
import type { FileState, SqliteStore } from "./file-store.ts";
import { LiveFile } from "./live-file.ts";
import { TimeOfCaller, TimeSinceAnswer } from "./store-time.ts";
import { ThreadPort } from "./thread/thread-port.ts";

export type { SqliteStore } from "./file-store.ts";

export interface SqliteStoreOptions {
  /** The database file; made when it is missing, its folder is not. */
  readonly path: string;
  /** `worker`: the writer has a thread of its own (default). `inline`: it runs in the caller's, for tests and simulation. */
  readonly thread?: "worker" | "inline";
  /** Replaces store time (tests), ms since 1970. */
  readonly now?: () => number;
  /** Replaces the clocks of the machine, `inline` only (tests). */
  readonly clocks?: Clocks;
  /** Most pages of 4 KB that the file may have, `inline` only: a full disk (tests). */
  readonly maxPages?: () => number;
  /** Where the store says what happens to its files and its time. */
  readonly log?: EngineLog;
  /** How long a call waits for another process that is writing, ms. Default 5,000. */
  readonly busyTimeoutMs?: number;
  /** True: a file of an earlier schema is refused (STORE_SCHEMA_OLDER), and not brought up to date. Default false. */
  readonly asItIs?: boolean;
  /** For measurements: each commit takes this much longer, inside the writer. */
  readonly commitDelayMs?: number;
}

const DEFAULT_BUSY_TIMEOUT_MS = 5_000;

/** Opens (and makes, and brings up to date) a database file. Rejects with a catalogue error that says what is wrong with it. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const { path, thread = "worker", now, busyTimeoutMs = DEFAULT_BUSY_TIMEOUT_MS, commitDelayMs = 0, asItIs = false } = options;
  if (path === "" || path.startsWith(":")) throw fault("OPTION_INVALID", "openSqliteStore()", "path", path, "the path of a file");
  const { log = silentLog, clocks = systemClocks, maxPages } = options;
  const time = now === undefined ? new TimeSinceAnswer(() => clocks.monotonic()) : new TimeOfCaller(now);
  const listeners = new ChangeListeners();
  const endListeners = new EndListeners();
  const onForeign = () => {
    listeners.notify();
    endListeners.notify(null);
  };
  const state: FileState = { path, trouble: null };
  const say = (entry: LogEntry) => log.write(entry);
  const onTrouble = (detail: string | null) => {
    state.trouble = detail;
  };
  const writerOptions = { path, busyTimeoutMs, commitDelayMs, asItIs };
  const systemClock = now === undefined;
  if (thread === "inline") {
    // Loaded for tests only: what it needs are forty modules, which the writer's thread loads for itself.
    const [{ InlinePort }, { FileStore, readsOver }] = await Promise.all([import("./inline-port.ts"), fileStore()]);
    const parts = { clocks: systemClock ? clocks : null, say, onTrouble, ...(maxPages === undefined ? {} : { maxPages }) };
    const port = new InlinePort(writerOptions, parts, time, onForeign);
    return new FileStore(state, port, readsOver(port), time, { listeners, endListeners });
  }
  // The thread takes as long as all the rest of a start: nothing is loaded before it runs.
  const opening = ThreadPort.open(writerOptions, { time, systemClock, onForeign, say, onTrouble });
  const [port, { FileStore, readsOf }] = await Promise.all([opening, fileStore()]);
  return new FileStore(state, port, readsOf({ path, busyTimeoutMs }), time, { listeners, endListeners, live: new LiveFile(path) });
}

const fileStore = () => import("./file-store.ts");
