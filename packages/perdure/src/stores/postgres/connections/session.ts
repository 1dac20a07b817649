import type { ClientConfig } from "pg";
import type { PgClient } from "../driver.ts";

export interface SessionSettings {
  /** What the connection is for; pg_stat_activity shows it. */
  readonly role: string;
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  /** False: a crash of the server may lose what this connection wrote last (hints). */
  readonly durable: boolean;
  /** True: it reads tables itself, beside calling functions. */
  readonly reads: boolean;
}

/** Of the renewals: a thread of their own has a connection of this kind. Time-outs as in open-postgres.ts, but short: the next one comes soon. */
export const RENEWALS: SessionSettings = { role: "lease", statementTimeoutMs: 5_000, lockTimeoutMs: 3_000, durable: true, reads: false };

/** After the server's own time-out had its chance: a server that does not answer at all. */
const SILENCE_MS = 5_000;
const CONNECT_MS = 5_000;
const KEEP_ALIVE_AFTER_MS = 10_000;

export const clientConfig = (connectionString: string, { statementTimeoutMs }: SessionSettings): ClientConfig => ({
  connectionString,
  connectionTimeoutMillis: CONNECT_MS,
  query_timeout: statementTimeoutMs + SILENCE_MS,
  keepAlive: true,
  keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
});

/** As a statement and not as start-up parameters, which poolers refuse. */
export async function prepareSession(client: PgClient, settings: SessionSettings): Promise<void> {
  const { role, statementTimeoutMs, lockTimeoutMs, durable, reads } = settings;
  const lines = [
    `SET application_name = 'perdure ${role}'`,
    `SET statement_timeout = ${statementTimeoutMs}`,
    `SET lock_timeout = ${lockTimeoutMs}`,
    "SET idle_in_transaction_session_timeout = 30000",
    "SET default_transaction_isolation = 'read committed'",
    "SET client_encoding = 'UTF8'",
    // Plain reads are planned for what the tables hold now. Calls of functions need no plan of their own: what is inside says for itself what
    // it needs (schema/plans.ts).
    `SET plan_cache_mode = ${reads ? "force_custom_plan" : "force_generic_plan"}`,
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
    "SET tcp_user_timeout = 30000",
    ...(durable ? [] : ["SET synchronous_commit = off"]),
  ];
  await client.query(lines.join("; "));
}
