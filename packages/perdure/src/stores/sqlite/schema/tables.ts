export const READY_INDEX =
  "CREATE INDEX instances_ready ON instances (name_key, ifnull(orchestration_version, ''), suspicion, wake_at) WHERE owner IS NULL AND wake_at IS NOT NULL";

/**
 * Times are ms since 1970 (docs/design/ownership.md 2). Nothing that an episode changes is indexed. Bodies over 16 KB are zstd BLOBs in every table
 * (payload-column.ts), so columns that hold them have no type.
 * `history` has a row id of its own and is only ever appended to: as a table clustered by (no, generation, first_seq) it took 60 % more time for each row
 * (143,000 against 236,000 rows with their updates a second), since each row split a page somewhere in the middle.
 */
export const TABLES = `
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO counters VALUES ('instance_no', 1), ('fence', 1), ('store_time', 0);

  -- Engine processes of this task hub.
  CREATE TABLE workers (
    worker INTEGER PRIMARY KEY AUTOINCREMENT,
    fence INTEGER UNIQUE,          -- null: dead, until all it owned is free
    refenced_by TEXT,              -- token of its last renewed fence: a worker that asks again is told from a clone of its process
    lease_until INTEGER NOT NULL,
    renewals INTEGER NOT NULL DEFAULT 0,
    load TEXT,                     -- JSON of WorkerLoad, as of its last renewal: others leave work to it by that
    functions TEXT NOT NULL DEFAULT '{}', -- JSON: names by kind of function
    host TEXT NOT NULL,
    machine TEXT NOT NULL,         -- with pid and pid_started: others on this machine can tell that the process is gone
    pid INTEGER NOT NULL,
    pid_started TEXT,
    seen_at INTEGER NOT NULL,
    died_at INTEGER
  );

  -- Orchestration instances.
  CREATE TABLE instances (
    no INTEGER PRIMARY KEY,        -- given once, never reused
    instance_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,        -- name as it is compared, without case
    execution_id TEXT NOT NULL,
    start_id TEXT,                 -- execution id of its start, once continue-as-new has brought another one
    generation INTEGER NOT NULL,
    version INTEGER NOT NULL,
    owner INTEGER,
    wake_at INTEGER,               -- only while unowned: when a worker must claim it
    next_wake INTEGER,             -- when a worker must look at it if its owner died now; 0: at once, null: only a message can move it
    crashes INTEGER NOT NULL,      -- owners in a row that died while it had work to do
    suspicion INTEGER NOT NULL DEFAULT 0, -- suspicionOf(crashes) as it was when the row lost its owner
    stopped TEXT,                  -- JSON of StopReason
    poison_code_versions TEXT,     -- JSON array: versions of the code under which it crashed its process
    status TEXT NOT NULL,
    custom_status,
    input,
    output,
    side INTEGER NOT NULL,         -- 1: input is in payloads, 2: output is
    orchestration_version TEXT,
    tags TEXT,                     -- JSON
    parent TEXT,                   -- JSON
    start_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    completed_at INTEGER,
    CHECK (owner IS NULL OR wake_at IS NULL),
    CHECK (completed_at IS NULL OR (owner IS NULL AND wake_at IS NULL))
  );
  -- By version, since a worker may take some of them only and must not pass over all others. Crash suspects apart, since they are claimed a few at a time: an ordinary claim is the same short range beside any number of them. An index over
  -- crashes itself would be looked at by every episode, which sets that to 0.
  ${READY_INDEX};
  CREATE INDEX instances_owned ON instances (owner) WHERE owner IS NOT NULL;
  CREATE INDEX instances_stopped ON instances (no) WHERE stopped IS NOT NULL;
  CREATE INDEX instances_created ON instances (created_at, no);
  CREATE INDEX instances_completed ON instances (completed_at) WHERE completed_at IS NOT NULL;

  -- Inputs and outputs over 2 KB. An episode rewrites its instance's row and leaves these alone.
  CREATE TABLE payloads (no INTEGER NOT NULL, slot TEXT NOT NULL, body NOT NULL, PRIMARY KEY (no, slot));

  -- Append-only: one row for each instance and batch. A place is taken once.
  CREATE TABLE history (
    no INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    count INTEGER NOT NULL,
    events NOT NULL,               -- JSON array
    at INTEGER NOT NULL DEFAULT 0  -- time of the instance's last change: most episodes leave its row as it was (decision 8)
  );
  CREATE UNIQUE INDEX history_place ON history (no, generation, first_seq);

  -- Instances that have begun another generation since the sweep last dropped the histories of earlier ones.
  CREATE TABLE outgrown (no INTEGER PRIMARY KEY);

  -- Messages that no episode has taken yet.
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

  -- One marker for each group commit, by which an unknown outcome is found out.
  CREATE TABLE batches (
    worker INTEGER NOT NULL,
    n INTEGER NOT NULL,
    token TEXT NOT NULL,
    at INTEGER NOT NULL,
    receipt TEXT,                  -- JSON; null: nothing to tell
    PRIMARY KEY (worker, n)
  ) WITHOUT ROWID;

  -- Shared and long activities, and those of crash suspects. Others have no row: their TaskScheduled event is the record.
  CREATE TABLE tasks (
    no INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    event_id INTEGER NOT NULL,
    instance_id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    worker INTEGER,                -- null: free
    attempts INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    crashes INTEGER NOT NULL,      -- workers in a row that died while they ran it
    body NOT NULL,                 -- JSON of TaskBody
    progress,                      -- JSON of the last heartbeat
    created_at INTEGER NOT NULL,
    PRIMARY KEY (no, generation, event_id)
  );
  CREATE INDEX tasks_free ON tasks (name_key, not_before, crashes) WHERE worker IS NULL;
  CREATE INDEX tasks_claimed ON tasks (worker) WHERE worker IS NOT NULL;
`;
