import { DatabaseSync } from "node:sqlite";
import { FROM_EARLIER } from "../../../src/stores/sqlite/schema/earlier.ts";
import { APPLICATION_ID } from "../../../src/stores/sqlite/schema/migrate.ts";

/** A file as an early development release with that version of the schema (1 to 9) has left it, with these rows. */
export function makeEarlierFile(path: string, version: number, rows: string): void {
  const db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode = WAL");
  db.exec(VERSION_1);
  for (let at = 1; at < version; at += 1) db.exec(FROM_EARLIER[at] ?? "");
  db.exec(`PRAGMA user_version = ${version}; PRAGMA application_id = ${APPLICATION_ID}; ${rows}`);
  db.close();
}

const VERSION_1 = `
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO counters VALUES ('instance_no', 1), ('fence', 1), ('store_time', 0);
  CREATE TABLE workers (
    worker INTEGER PRIMARY KEY AUTOINCREMENT,
    fence INTEGER UNIQUE,
    lease_until INTEGER NOT NULL,
    renewals INTEGER NOT NULL DEFAULT 0,
    orchestrators TEXT NOT NULL,
    activities TEXT NOT NULL,
    host TEXT NOT NULL,
    machine TEXT NOT NULL,
    pid INTEGER NOT NULL,
    pid_started TEXT,
    seen_at INTEGER NOT NULL,
    died_at INTEGER
  );
  CREATE TABLE instances (
    no INTEGER PRIMARY KEY,
    instance_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    execution_id TEXT NOT NULL,
    generation INTEGER NOT NULL,
    version INTEGER NOT NULL,
    owner INTEGER,
    wake_at INTEGER,
    next_wake INTEGER,
    crashes INTEGER NOT NULL,
    parked TEXT,
    status TEXT NOT NULL,
    custom_status,
    input,
    output,
    side INTEGER NOT NULL,
    orchestration_version TEXT,
    tags TEXT,
    parent TEXT,
    start_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    completed_at INTEGER,
    CHECK (owner IS NULL OR wake_at IS NULL),
    CHECK (completed_at IS NULL OR (owner IS NULL AND wake_at IS NULL))
  );
  CREATE INDEX instances_ready ON instances (name_key, wake_at) WHERE owner IS NULL AND wake_at IS NOT NULL;
  CREATE INDEX instances_owned ON instances (owner) WHERE owner IS NOT NULL;
  CREATE INDEX instances_parked ON instances (no) WHERE parked IS NOT NULL;
  CREATE INDEX instances_created ON instances (created_at, no);
  CREATE INDEX instances_completed ON instances (completed_at) WHERE completed_at IS NOT NULL;
  CREATE TABLE payloads (no INTEGER NOT NULL, slot TEXT NOT NULL, body NOT NULL, PRIMARY KEY (no, slot));
  CREATE TABLE history (
    no INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    count INTEGER NOT NULL,
    events NOT NULL
  );
  CREATE INDEX history_no ON history (no, generation);
  CREATE TABLE inbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    no INTEGER NOT NULL,
    generation INTEGER,
    worker INTEGER,
    kind TEXT NOT NULL,
    body NOT NULL,
    message_id TEXT
  );
  CREATE INDEX inbox_no ON inbox (no);
  CREATE UNIQUE INDEX inbox_message_id ON inbox (no, message_id) WHERE message_id IS NOT NULL;
  CREATE TABLE batches (
    worker INTEGER NOT NULL,
    n INTEGER NOT NULL,
    token TEXT NOT NULL,
    at INTEGER NOT NULL,
    receipt TEXT,
    PRIMARY KEY (worker, n)
  ) WITHOUT ROWID;
  CREATE TABLE tasks (
    no INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    instance_id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    worker INTEGER,
    attempts INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    alone INTEGER NOT NULL,
    body NOT NULL,
    progress,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (no, generation, event_id)
  );
  CREATE INDEX tasks_free ON tasks (name_key, not_before) WHERE worker IS NULL;
  CREATE INDEX tasks_claimed ON tasks (worker) WHERE worker IS NOT NULL;
`;
