import { fault, PerdureError } from "../errors/perdure-error.ts";
import { shown } from "../errors/shown.ts";
import { withoutSecrets } from "../errors/without-secrets.ts";
import { patiently } from "../process/patiently.ts";
import { realTime } from "../process/real-time.ts";
import type { Store } from "../store/contract.ts";
import { openSqliteStore } from "../stores/sqlite/sqlite-store.ts";
import type { EngineLog } from "../telemetry/engine-log.ts";
import { silentLog } from "../telemetry/engine-log.ts";

export interface OpenStoreOptions {
  /** Added to every commit inside the writer, ms: shows what a slower disk does (benchmarks only). */
  readonly commitDelayMs?: number;
  /** While the store is away or locked, opening is tried again for this long. Default 0: once. */
  readonly openTimeoutMs?: number;
  /** True: a store of an earlier release is refused (STORE_SCHEMA_OLDER), and not brought up to date. Default false. */
  readonly asItIs?: boolean;
  /** Where a store says what happens to its connection, its files and its time. */
  readonly log?: EngineLog;
}

/**
 * `file:PATH` opens (and creates) one SQLite file, relative paths from the working directory; `postgres://user:password@host:port/database`
 * opens (and creates) the schema "perdure" in that database, `?schema=name` another one; `memory:` keeps everything in this process and loses
 * it with it. Throws STORE_URL_INVALID for anything else. Each store is loaded only when it is asked for, but for what starts the thread of a file.
 */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<Store> {
  const open = await storeOpener(url, options);
  return open();
}

/**
 * As {@link openStore}, in two steps: the store's code is loaded, and opens when it is told to. A host that loads the rest of its code meanwhile must
 * begin with the second step, since imports that run side by side are all done at the same time: a SQLite file's writer, which loads its own code
 * on a thread of its own, then began 80 ms later (of 260 from the start of the process to the first result).
 */
export async function storeOpener(url: string, options: OpenStoreOptions = {}): Promise<() => Promise<Store>> {
  if (typeof url !== "string") throw fault("STORE_URL_INVALID", shown(url));
  if (url === "memory:") {
    const { createMemoryStore } = await import("../stores/memory/memory-store.ts");
    const { steadySystemTime } = await import("../stores/system-clocks.ts");
    const log = options.log ?? silentLog;
    return async () => createMemoryStore({ now: steadySystemTime((entry) => log.write(entry)) });
  }
  if (/^postgres(ql)?:/i.test(url)) {
    const { openPostgresStore } = await import("../stores/postgres/open-postgres.ts");
    return () => openPostgresStore({ url, ...options });
  }
  const path = filePath(url);
  if (path === null) throw fault("STORE_URL_INVALID", withoutSecrets(url), meantPath(url));
  const { openTimeoutMs = 0, ...rest } = options;
  const isLocked = (error: unknown) => error instanceof PerdureError && error.code === "STORE_LOCKED";
  return () =>
    patiently(() => openSqliteStore({ path, thread: "worker", ...rest }), { ...realTime, timeoutMs: openTimeoutMs, isPassing: isLocked });
}

/** `file:perdure.db`, `file:./a b.db`, `file:/var/lib/x.db`, `file:///var/lib/x.db`. */
function filePath(url: string): string | null {
  if (!url.startsWith("file:")) return null;
  const rest = url.slice("file:".length);
  const path = rest.startsWith("//") ? decodeURIComponent(new URL(url).pathname) : rest;
  return path.length === 0 || path.endsWith("/") ? null : path;
}

/** The path in a URL that probably means a file: a bare path, or one after `sqlite:`. */
const meantPath = (url: string): string | null => /^(?:sqlite3?:(?:\/\/)?)?([^\s:]+)$/i.exec(url)?.[1] ?? null;
