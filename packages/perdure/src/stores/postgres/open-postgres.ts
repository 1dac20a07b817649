import { patiently } from "../../process/patiently.ts";
import { realTime } from "../../process/real-time.ts";
import { ChangeListeners } from "../../store/change-listeners.ts";
import type { EndedInstances, Store } from "../../store/contract.ts";
import { EndListeners } from "../../store/end-listeners.ts";
import type { EngineLog } from "../../telemetry/engine-log.ts";
import { silentLog } from "../../telemetry/engine-log.ts";
import type { Connections } from "./calls.ts";
import { Calls } from "./calls.ts";
import type { LinkEvent, LinkOptions } from "./connections/link.ts";
import { Link } from "./connections/link.ts";
import { Pool } from "./connections/pool.ts";
import type { SessionSettings } from "./connections/session.ts";
import { RENEWALS } from "./connections/session.ts";
import { loadDriver } from "./driver.ts";
import { LiveChannel } from "./hints/live-channel.ts";
import { NotifyHints } from "./hints/notify-hints.ts";
import type { Location } from "./location.ts";
import { parseLocation, quoted } from "./location.ts";
import { isPassing, openingFault } from "./opening-fault.ts";
import { PostgresStore } from "./postgres-store.ts";
import { LinkRenewer } from "./renewals/renewer.ts";
import { ThreadRenewer } from "./renewals/thread-renewer.ts";
import { migrate } from "./schema/migrate.ts";

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database?schema=name`. */
  readonly url: string;
  /** The schema of the task hub, instead of the URL's. Default "perdure". */
  readonly schema?: string;
  /** While the server does not answer, opening is tried again for this time. Default 0: once. */
  readonly openTimeoutMs?: number;
  /** Connections for reads and client calls. Default 4. */
  readonly poolSize?: number;
  /** Where lost and regained connections are reported. Default: nowhere. */
  readonly log?: EngineLog;
  /** True: a schema of an earlier release, or none, is refused (STORE_SCHEMA_OLDER), and not brought up to date. Default false. */
  readonly asItIs?: boolean;
  /** For measurements: each commit takes this much longer, inside its transaction. */
  readonly commitDelayMs?: number;
  /** Replaces the database's clock (tests), ms since 1970. */
  readonly now?: () => number;
}

const DEFAULT_POOL_SIZE = 4;

/** Lock time-outs stay below the statement's: a call that waits too long for a row is told apart from one that works too long. */
const STREAM: SessionSettings = { role: "commits", statementTimeoutMs: 30_000, lockTimeoutMs: 10_000, durable: true, reads: false };
const POOL: SessionSettings = { role: "calls", statementTimeoutMs: 30_000, lockTimeoutMs: 10_000, durable: true, reads: true };
const LONG_READ: SessionSettings = { role: "dump", statementTimeoutMs: 600_000, lockTimeoutMs: 10_000, durable: true, reads: true };

/** Opens (and makes, and brings up to date) a task hub in a database. Rejects with a catalogue error that says what is wrong with it. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { url, schema, poolSize = DEFAULT_POOL_SIZE, log = silentLog, commitDelayMs = 0, openTimeoutMs = 0, asItIs = false, now } = options;
  const location = parseLocation(url, schema);
  const driver = await loadDriver();
  const common = {
    driver,
    connectionString: location.connectionString,
    testNow: now === undefined ? null : now,
    onEvent: (event: LinkEvent) => report(log, location, event),
  };
  const link = (settings: SessionSettings): LinkOptions => ({ ...common, settings });
  const connections: Connections = {
    stream: new Link(link(STREAM)),
    pool: new Pool(link(POOL), poolSize),
    extra: () => new Link(link(LONG_READ)),
  };
  try {
    const { schema: name, shown } = location;
    await patiently(async () => migrate(await connections.stream.open(), { schema: name, shown, asItIs }), {
      ...realTime,
      timeoutMs: openTimeoutMs,
      isPassing,
    });
  } catch (error) {
    await connections.stream.close();
    throw openingFault(error, location.shown);
  }
  const listeners = { changes: new ChangeListeners(), ends: new EndListeners() };
  const heard = { onWork: () => listeners.changes.notify(), onEnds: (ended: EndedInstances) => listeners.ends.notify(ended) };
  const hints = new NotifyHints({ ...common, schema: location.schema, log, ...heard });
  const live = new LiveChannel({ driver, connectionString: location.connectionString, schema: location.schema });
  const schemaName = quoted(location.schema);
  // The thread cannot ask for a test's clock.
  const renewer =
    now === undefined ? new ThreadRenewer({ ...common, schema: schemaName }) : new LinkRenewer(new Link(link(RENEWALS)), schemaName);
  return new PostgresStore(location.shown, new Calls(schemaName, connections), { hints, renewer, listeners, live, commitDelayMs });
}

function report(log: EngineLog, { shown }: Location, { kind, link, detail }: LinkEvent): void {
  const messages = {
    back: `The database at ${shown} works again (${link}).`,
    "read-only": `The database at ${shown} takes no writes (${link}): ${detail}. It is a standby, or default_transaction_read_only is on.`,
    lost: `The database at ${shown} does not answer (${link}): ${detail}`,
    refused: `The database at ${shown} does not answer (${link}): ${detail}`,
  };
  const level = kind === "back" ? "info" : "warn";
  log.write({ level, event: `store.${kind}`, message: messages[kind], fields: { store: shown, connection: link, detail } });
}
