import type { Migration } from "./migration.ts";

/**
 * docs/design/ownership.md, section 2. Nothing that an episode changes is indexed. `next_wake`: 0 = at once, null = only a message can move it.
 * `history` has a row id of its own and is only ever appended to: as a table clustered by (no, generation, first_seq) it took 60 % more time
 * per row (143,000 against 236,000 rows with their updates a second), since each row split a page somewhere in the middle.
 */
export const initial: Migration = {
  version: 1,
  name: "initial",
  sql: `
    CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    INSERT INTO counters VALUES ('instance_no', 1), ('fence', 1), ('store_time', 0);

    CREATE TABLE workers (
      worker INTEGER PRIMARY KEY AUTOINCREMENT,
      fence INTEGER UNIQUE,          -- null: dead
      lease_until INTEGER NOT NULL,
      renewals INTEGER NOT NULL DEFAULT 0,
      orchestrators TEXT NOT NULL,   -- JSON array
      activities TEXT NOT NULL,      -- JSON array
      host TEXT NOT NULL,
      machine TEXT NOT NULL,         -- with pid and pid_started: by which others on this machine can tell that the process is gone
      pid INTEGER NOT NULL,
      pid_started TEXT,
      seen_at INTEGER NOT NULL,
      died_at INTEGER
    );

    CREATE TABLE instances (
      no INTEGER PRIMARY KEY,        -- minted once, never reused
      instance_id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      name_key TEXT NOT NULL,        -- name in lower case
      execution_id TEXT NOT NULL,
      generation INTEGER NOT NULL,
      version INTEGER NOT NULL,
      owner INTEGER,
      wake_at INTEGER,               -- only while unowned: when somebody must claim it
      next_wake INTEGER,             -- when somebody must look at it if its owner died now
      crashes INTEGER NOT NULL,
      parked TEXT,                   -- JSON: why it stands still
      status TEXT NOT NULL,
      custom_status,
      input,
      output,
      side INTEGER NOT NULL,         -- 1: input is in payloads, 2: output is
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

    -- Inputs and outputs over 2 KB. An episode rewrites its instance's row; these it leaves alone.
    CREATE TABLE payloads (no INTEGER NOT NULL, slot TEXT NOT NULL, body NOT NULL, PRIMARY KEY (no, slot));

    -- One row per instance and batch. Bodies over 16 KB are zstd BLOBs, here and in every other table.
    CREATE TABLE history (
      no INTEGER NOT NULL,
      generation INTEGER NOT NULL,
      first_seq INTEGER NOT NULL,
      count INTEGER NOT NULL,
      events NOT NULL                -- JSON array
    );
    CREATE INDEX history_no ON history (no, generation);

    CREATE TABLE inbox (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      no INTEGER NOT NULL,
      generation INTEGER,            -- set on replies
      worker INTEGER,                -- the owner at the time of sending
      kind TEXT NOT NULL,
      body NOT NULL,                 -- JSON
      message_id TEXT
    );
    CREATE INDEX inbox_no ON inbox (no);
    CREATE UNIQUE INDEX inbox_message_id ON inbox (no, message_id) WHERE message_id IS NOT NULL;

    -- One marker per group commit, by which an unknown outcome is settled.
    CREATE TABLE batches (
      worker INTEGER NOT NULL,
      n INTEGER NOT NULL,
      token TEXT NOT NULL,
      at INTEGER NOT NULL,
      receipt TEXT,                  -- JSON; null: nothing to tell
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
  `,
};
